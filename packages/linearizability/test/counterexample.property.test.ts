import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { counterexampleOf } from '../src/counterexample.ts';
import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { counter } from '../src/models/counter.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { mutex } from '../src/models/mutex.ts';
import { queue } from '../src/models/queue.ts';
import { histories, registerCalls } from './support/arbitraries.ts';

const model = register<number>(0);
test('counterexamples are illegal, legal without the culprit, and minimal', () => {
  fc.assert(
    fc.property(
      histories<RegisterInput<number>, RegisterOutput<number>>(registerCalls, 12),
      (history) => {
        const { verdict, counterexample } = checkSync(model, history);
        expect(counterexample === undefined).toBe(verdict === 'linearizable');
        if (counterexample === undefined) return;
        const { operations, culprit, isMinimal } = counterexample;
        expect(isMinimal).toBe(true);
        const others = operations.filter((operation) => operation !== culprit);
        expect(checkSync(model, operations).verdict).toBe('not-linearizable');
        expect(checkSync(model, others).verdict).toBe('linearizable');
        expect(counterexampleOf(model, operations)?.operations).toHaveLength(operations.length);
      },
    ),
    { numRuns: 1_000 },
  );
});

function operation(
  process: string,
  input: RegisterInput<number>,
  output: number | undefined,
  from: number,
): Operation<RegisterInput<number>, RegisterOutput<number>> {
  return { process, input, callTime: from, outcome: { kind: 'ok', output, returnTime: from + 1 } };
}

test('a stale read is shown with the write it read and the write it missed', () => {
  const noise = Array.from({ length: 40 }, (_, index) =>
    operation(`n${index % 4}`, { kind: 'read' }, index < 20 ? 1 : 2, 10 + index * 2),
  );
  const history = [
    operation('a', { kind: 'write', value: 1 }, undefined, 0),
    ...noise.slice(0, 20),
    operation('a', { kind: 'write', value: 2 }, undefined, 49),
    ...noise
      .slice(20)
      .map((read) => ({ ...read, callTime: read.callTime + 10 }))
      .map((read) => ({
        ...read,
        outcome: { kind: 'ok', output: 2, returnTime: read.callTime + 1 } as const,
      })),
    operation('b', { kind: 'read' }, 1, 200),
  ];
  const { counterexample } = checkSync(model, history);
  expect(counterexample?.culprit.process).toBe('b');
  expect(counterexample?.operations.map(({ input }) => input.kind)).toEqual([
    'write',
    expect.any(String),
    'read',
  ]);
});

test('an item taken twice is shown with where it came from', () => {
  const at = (process: string, kind: 'enqueue' | 'dequeue', time: number) => ({
    process,
    input: kind === 'enqueue' ? ({ kind, item: 5 } as const) : ({ kind } as const),
    callTime: time,
    outcome: {
      kind: 'ok',
      output: kind === 'enqueue' ? undefined : 5,
      returnTime: time + 1,
    } as const,
  });
  const history = [at('a', 'enqueue', 0), at('b', 'dequeue', 2), at('c', 'dequeue', 4)];
  const { counterexample } = checkSync(queue<number>(), history);
  expect(counterexample?.operations).toHaveLength(3);
  expect(counterexample?.culprit).toBe(history[2]);
});

test('the culprit that the search names is the one that trying all beginnings finds', () => {
  fc.assert(
    fc.property(
      histories<RegisterInput<number>, RegisterOutput<number>>(registerCalls, 12),
      (history) => {
        const { counterexample } = checkSync(model, history);
        if (counterexample === undefined) return;
        const relevant = history
          .filter(
            ({ outcome, input }) =>
              outcome.kind === 'ok' || (outcome.kind === 'info' && input.kind === 'write'),
          )
          .toSorted((left, right) => left.callTime - right.callTime);
        expect(counterexample).toEqual(counterexampleOf(model, relevant));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the same where the search looks ahead', () => {
  const access = fc.oneof(
    fc.record({
      input: fc.constant({ kind: 'get' as const, key: 'x' }),
      output: fc.constantFrom(null, 'a', 'b', 'ab'),
    }),
    fc.record({
      input: fc.record({
        kind: fc.constantFrom('put' as const, 'append' as const),
        key: fc.constant('x'),
        value: fc.constantFrom('a', 'b'),
      }),
      output: fc.constant(undefined),
    }),
  );
  const store = keyValue();
  fc.assert(
    fc.property(histories<KeyValueInput, KeyValueOutput>(access, 10), (history) => {
      const { counterexample } = checkSync(store, history);
      if (counterexample === undefined) return;
      const relevant = history
        .filter(
          ({ outcome, input }) =>
            outcome.kind === 'ok' || (outcome.kind === 'info' && input.kind !== 'get'),
        )
        .toSorted((left, right) => left.callTime - right.callTime);
      expect(counterexample).toEqual(counterexampleOf(store, relevant));
    }),
    { numRuns: 1_000 },
  );
});

describe('what is left contradicts the culprit for a reason that the whole history has', () => {
  const at = <Input, Output>(time: number, input: Input, output: Output) => ({
    process: `p${time}`,
    input,
    callTime: time,
    outcome: { kind: 'ok', output, returnTime: time + 1 } as const,
  });

  test('whoever holds the lock is shown, not who released it long ago', () => {
    const lock = (time: number, kind: 'acquire' | 'release', owner: string) =>
      at(time, { kind, owner }, undefined);
    const history = [
      lock(0, 'acquire', 'a'),
      lock(2, 'release', 'a'),
      lock(4, 'acquire', 'b'),
      lock(6, 'acquire', 'c'),
    ];
    const { counterexample } = checkSync(mutex(), history);
    expect(counterexample?.operations).toEqual(history.slice(2));
  });

  test('items that were taken in time do not stand in the way', () => {
    const history = Array.from({ length: 40 }, (_, index) => [
      at(index * 4, { kind: 'enqueue', item: index } as const, undefined),
      at(index * 4 + 2, { kind: 'dequeue' } as const, index),
    ]).flat();
    history.push(at(1_000, { kind: 'dequeue' }, 39));
    const { counterexample } = checkSync(queue<number>(), history);
    expect(counterexample?.operations).toEqual(history.slice(-3));
  });

  test('what was dropped, put back, does not make it legal', () => {
    const of = (process: string, time: number, item: number, kind: 'enqueue' | 'dequeue') => ({
      ...(kind === 'enqueue' ? at(time, { kind, item }, undefined) : at(time, { kind }, item)),
      process,
    });
    const history = [
      of('a', 0, 1, 'enqueue'),
      of('b', 2, 2, 'enqueue'),
      of('b', 4, 1, 'dequeue'),
      of('c', 6, 3, 'enqueue'),
      of('d', 8, 3, 'dequeue'),
    ];
    // Without what b did, 1 would seem to stand in the way.
    const { counterexample } = checkSync(queue<number>(), history);
    expect(counterexample?.operations).toEqual([history[1], history[3], history[4]]);
  });

  test('what hangs on something before the part that is shown is left out of it', () => {
    const history = Array.from({ length: 4_000 }, (_, index) => [
      at(index * 4, { kind: 'enqueue', item: index } as const, undefined),
      ...(index === 0 ? [] : [at(index * 4 + 2, { kind: 'dequeue' } as const, index - 1)]),
    ]).flat();
    history.push(at(20_000, { kind: 'dequeue' }, 3_998));
    const { counterexample } = checkSync(queue<number>(), history);
    expect(counterexample?.isMinimal).toBe(true);
    expect(counterexample?.operations).toHaveLength(3);
  });

  test('what explains the culprit may lie far back', () => {
    const history = Array.from({ length: 5_000 }, (_, index) =>
      at(index * 2, { kind: 'write', value: index + 1 } as const, undefined),
    );
    const stale = at(20_000, { kind: 'read' } as const, 7);
    const { counterexample } = checkSync(model, [...history, stale]);
    expect(counterexample).toEqual({
      operations: [history[6], history[4_999], stale],
      culprit: stale,
      isMinimal: true,
    });
  });

  test('what nothing explains stands alone', () => {
    const history = Array.from({ length: 500 }, (_, index) =>
      at(index * 2, { kind: 'write', value: index + 1 } as const, undefined),
    );
    const invented = at(2_000, { kind: 'read' } as const, -1);
    const { counterexample } = checkSync(model, [...history, invented]);
    expect(counterexample?.operations).toEqual([invented]);
  });

  test('answers that only many operations explain together keep them', () => {
    const history = Array.from({ length: 9 }, (_, index) =>
      at(index * 2, { kind: 'add', by: 1 } as const, undefined),
    );
    const { counterexample } = checkSync(counter(), [
      ...history,
      at(50, { kind: 'read' } as const, 5),
    ]);
    expect(counterexample?.operations).toHaveLength(7);
  });
});
