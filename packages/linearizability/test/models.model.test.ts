import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { casRegister } from '../src/models/cas-register.ts';
import { counter } from '../src/models/counter.ts';
import { fencedLock } from '../src/models/fenced-lock.ts';
import { keyValue } from '../src/models/key-value.ts';
import { log } from '../src/models/log.ts';
import { multiRegister } from '../src/models/multi-register.ts';
import { mutex } from '../src/models/mutex.ts';
import { queue } from '../src/models/queue.ts';
import { register } from '../src/models/register.ts';
import { semaphore } from '../src/models/semaphore.ts';
import { set } from '../src/models/set.ts';
import { stack } from '../src/models/stack.ts';
import { type Model, UNKNOWN } from '../src/model.ts';
import { histories, recordedHistories } from './support/arbitraries.ts';
import { isLinearizableByBruteForce } from './support/brute-force.ts';

const RUNS = Number(process.env['QUORATE_RUNS'] ?? 2_000);

const value = fc.constantFrom(0, 1, 2);
const bool = fc.boolean();
const owner = fc.constantFrom('a', 'b');
const key = fc.constantFrom('x', 'y');
const text = fc.constantFrom('1', '2');
const lock = fc.record({
  input: fc.record({ kind: fc.constantFrom('acquire', 'release'), owner }),
  output: fc.constantFrom(true, undefined, false),
});

/** Checks the search against trying all orders, on random histories and on those of an object. */
function agree<State, Input, Output>(
  model: Model<State, Input, Output>,
  call: fc.Arbitrary<{ readonly input: Input; readonly output: Output }>,
): void {
  for (const drawn of [histories(call, 7), recordedHistories(model, call, 7)]) {
    let legal = 0;
    fc.assert(
      fc.property(drawn, (history) => {
        const expected = isLinearizableByBruteForce(model, history);
        if (expected) legal += 1;
        const { verdict } = checkSync(model, history, { explain: 'none' });
        expect(verdict).toBe(expected ? 'linearizable' : 'not-linearizable');
      }),
      { numRuns: RUNS },
    );
    // A test in which every history is illegal, or none, would prove little.
    expect(legal).toBeGreaterThan(RUNS / 50);
    expect(legal).toBeLessThan(RUNS);
  }
}

/** A stock from which can be taken, and to which not all is added that is promised. */
const looseStock: Model<number, 'add' | 'take' | 'look', number | undefined> = {
  name: 'loose stock',
  init: () => 0,
  step: (state, input, output) => {
    if (input === 'add') return [state, state + 1];
    if (input === 'take') return state > 0 ? [state - 1] : [];
    return output === UNKNOWN || output === state ? [state] : [];
  },
  isRead: (input) => input === 'look',
};

describe('the search agrees with trying all orders', () => {
  test('register', () => {
    agree(
      register<number>(0),
      fc.oneof(
        fc.record({ input: fc.record({ kind: fc.constant('read' as const) }), output: value }),
        fc.record({
          input: fc.record({ kind: fc.constant('write' as const), value }),
          output: fc.constant(undefined),
        }),
      ),
    );
  });

  test('cas-register', () => {
    agree(
      casRegister<number>(0),
      fc.oneof(
        fc.record({ input: fc.record({ kind: fc.constant('read' as const) }), output: value }),
        fc.record({
          input: fc.record({ kind: fc.constant('write' as const), value }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('cas' as const), expected: value, value }),
          output: bool,
        }),
      ),
    );
  });

  test('key-value', () => {
    agree(
      keyValue(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('get' as const), key }),
          output: fc.constantFrom(null, '1', '2', '12', '21'),
        }),
        fc.record({
          input: fc.record({ kind: fc.constantFrom('put', 'append'), key, value: text }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('delete' as const), key }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({
            kind: fc.constant('cas' as const),
            key,
            expected: fc.constantFrom(null, '1', '2'),
            value: text,
          }),
          output: bool,
        }),
      ),
    );
  });

  test('counter', () => {
    agree(
      counter(),
      fc.oneof(
        fc.record({ input: fc.record({ kind: fc.constant('read' as const) }), output: value }),
        fc.record({
          input: fc.record({ kind: fc.constant('add' as const), by: fc.constantFrom(1, -1) }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('addAndGet' as const), by: fc.constant(1) }),
          output: value,
        }),
      ),
    );
  });

  test('set', () => {
    agree(
      set<number>(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constantFrom('add', 'remove', 'contains'), item: value }),
          output: fc.boolean(),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('read' as const) }),
          output: fc.subarray([0, 1, 2]),
        }),
      ),
    );
  });

  test('queue', () => {
    agree(
      queue<number>(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('enqueue' as const), item: value }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('dequeue' as const) }),
          output: fc.constantFrom(undefined, 0, 1, 2),
        }),
      ),
    );
  });

  test('stack', () => {
    agree(
      stack<number>(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('push' as const), item: value }),
          output: fc.constant(undefined),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('pop' as const) }),
          output: fc.constantFrom(undefined, 0, 1, 2),
        }),
      ),
    );
  });

  test('mutex', () => {
    agree(mutex(), lock);
  });

  test('semaphore', () => {
    agree(semaphore(2), lock);
  });

  test('fenced-lock', () => {
    agree(
      fencedLock(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('acquire' as const), owner }),
          output: fc.constantFrom(null, 1, 2, 3),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('release' as const), owner }),
          output: fc.constant(undefined),
        }),
      ),
    );
  });

  test('log', () => {
    agree(
      log<number>(),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('append' as const), item: value }),
          output: fc.nat(3),
        }),
        fc.record({
          input: fc.record({ kind: fc.constant('read' as const), offset: fc.nat(2) }),
          output: fc.constantFrom(undefined, 0, 1, 2),
        }),
      ),
    );
  });

  test('multi-register', () => {
    agree(
      multiRegister<number>(0),
      fc.oneof(
        fc.record({
          input: fc.record({ kind: fc.constant('read' as const), keys: fc.constant(['x', 'y']) }),
          output: fc.record({ x: value, y: value }),
        }),
        fc.record({
          input: fc.record({
            kind: fc.constant('write' as const),
            values: fc.oneof(
              fc.record({ x: value }),
              fc.record({ y: value }),
              fc.record({ x: value, y: value }),
            ),
          }),
          output: fc.constant(undefined),
        }),
      ),
    );
  });

  test('an object that may choose', () => {
    agree(
      looseStock,
      fc.oneof(
        fc.record({ input: fc.constantFrom('add', 'take'), output: fc.constant(undefined) }),
        fc.record({ input: fc.constant('look' as const), output: value }),
      ),
    );
  });
});
