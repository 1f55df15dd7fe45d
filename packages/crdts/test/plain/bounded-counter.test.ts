import fc from 'fast-check';
import { expect, test } from 'vitest';

import { boundedCounterCodec } from '../../src/codec/bounded-counter-codec.ts';
import {
  type BoundedCounter,
  boundedCounter,
  type EscrowOutcome,
} from '../../src/plain/bounded-counter.ts';
import { describeType } from '../support/describe-type.ts';

const { bottom, join } = boundedCounter;

type Operation =
  | { readonly kind: 'add' | 'spend'; readonly amount: number }
  | { readonly kind: 'give'; readonly amount: number; readonly to: string };

function deltaOf(outcome: EscrowOutcome): BoundedCounter | undefined {
  return outcome.kind === 'granted' ? outcome.delta : undefined;
}

function mutate(
  state: BoundedCounter,
  id: string,
  operation: Operation,
): BoundedCounter | undefined {
  const { amount } = operation;
  if (operation.kind !== 'give') {
    return operation.kind === 'add'
      ? boundedCounter.increment(state, id, amount)
      : deltaOf(boundedCounter.decrement(state, id, amount));
  }
  if (operation.to === id) return undefined;
  return deltaOf(boundedCounter.transfer(state, id, operation.to, amount));
}

/** What was created less what was spent, without the floor that `value` puts below it. */
function balance(state: BoundedCounter): number {
  return [...state.values()].reduce((sum, { created, spent }) => sum + created - spent, 0);
}

describeType<BoundedCounter, Operation>({
  lattice: boundedCounter,
  codec: boundedCounterCodec,
  operations: [
    { kind: 'add', amount: 2 },
    { kind: 'spend', amount: 1 },
    { kind: 'spend', amount: 2 },
    { kind: 'give', amount: 1, to: 'a' },
    { kind: 'give', amount: 1, to: 'b' },
  ],
  moreOperations: fc.oneof(
    fc.record({ kind: fc.constantFrom('add', 'spend'), amount: fc.integer({ min: 1, max: 9 }) }),
    fc.record({
      kind: fc.constant('give'),
      amount: fc.integer({ min: 1, max: 9 }),
      to: fc.constantFrom('a', 'b', 'c'),
    }),
  ),
  mutate,
  replicas: 'distinct',
  // Below zero the balance would differ from the value, and the check would fail.
  view: (state) => [boundedCounter.value(state), balance(state)],
  specification: (events) => {
    const left = events.reduce((sum, { operation: { kind, amount } }) => {
      return kind === 'give' ? sum : sum + (kind === 'add' ? amount : -amount);
    }, 0);
    return [Math.max(0, left), Math.max(0, left)];
  },
});

test('rights are created, given and spent', () => {
  let stock = boundedCounter.increment(bottom, 'a', 10);
  stock = join(stock, deltaOf(boundedCounter.transfer(stock, 'a', 'b', 4)) ?? bottom);
  stock = join(stock, deltaOf(boundedCounter.decrement(stock, 'b', 3)) ?? bottom);
  expect(boundedCounter.value(stock)).toBe(7);
  expect(boundedCounter.rights(stock, 'a')).toBe(6);
  expect(boundedCounter.rights(stock, 'b')).toBe(1);
  expect(boundedCounter.decrement(stock, 'b', 2)).toEqual({ kind: 'refused', available: 1 });
  expect(boundedCounter.transfer(stock, 'b', 'a', 2)).toEqual({ kind: 'refused', available: 1 });
  expect(boundedCounter.decrement(stock, 'c')).toEqual({ kind: 'refused', available: 0 });
});

test.each([0, -1, 0.5, NaN, Infinity, 2 ** 53])('an amount of %s is refused', (amount) => {
  const stock = boundedCounter.increment(bottom, 'a', 10);
  expect(() => boundedCounter.increment(stock, 'a', amount)).toThrow(RangeError);
  expect(() => boundedCounter.decrement(stock, 'a', amount)).toThrow(RangeError);
  expect(() => boundedCounter.transfer(stock, 'a', 'b', amount)).toThrow(RangeError);
});

test('a gift to oneself is a mistake', () => {
  expect(() => boundedCounter.transfer(bottom, 'a', 'a', 1)).toThrow(RangeError);
});

test('more than can be exact is refused', () => {
  const full = boundedCounter.increment(bottom, 'a', Number.MAX_SAFE_INTEGER);
  expect(() => boundedCounter.increment(full, 'b', 1)).toThrow(RangeError);
});

test('no interleaving of three replicas spends more than there is', () => {
  const operation = fc.record({
    replica: fc.nat(2),
    other: fc.nat(2),
    amount: fc.integer({ min: 1, max: 5 }),
    kind: fc.constantFrom('add', 'spend', 'spend', 'spend', 'give', 'sync'),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (steps) => {
      const ids = ['a', 'b', 'c'] as const;
      const states = [bottom, bottom, bottom];
      let left = 0;
      for (const { replica, other, amount, kind } of steps) {
        const [state, id, to] = [states[replica]!, ids[replica]!, ids[other]!];
        if (kind === 'sync') {
          states[replica] = join(state, states[other]!);
          continue;
        }
        const operation: Operation = kind === 'give' ? { kind, amount, to } : { kind, amount };
        const delta = mutate(state, id, operation);
        if (delta === undefined) continue;
        states[replica] = join(state, delta);
        if (kind !== 'give') left += kind === 'add' ? amount : -amount;
        expect(left).toBeGreaterThanOrEqual(0);
      }
      const all = states.reduce((sum, state) => join(sum, state), bottom);
      expect(balance(all)).toBe(left);
      const rights = ids.reduce((sum, id) => sum + boundedCounter.rights(all, id), 0);
      expect(rights).toBe(left);
    }),
  );
});
