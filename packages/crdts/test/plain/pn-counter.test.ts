import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { pnCounterCodec } from '../../src/codec/pn-counter-codec.ts';
import { type PnCounter, pnCounter } from '../../src/plain/pn-counter.ts';
import { describeType } from '../support/describe-type.ts';

function moved(state: PnCounter, replicaId: string, amount: number): PnCounter {
  return amount > 0
    ? pnCounter.increment(state, replicaId, amount)
    : pnCounter.decrement(state, replicaId, -amount);
}

describeType({
  lattice: pnCounter,
  codec: pnCounterCodec,
  operations: [1, -3],
  moreOperations: fc.oneof(fc.integer({ min: -500, max: -1 }), fc.integer({ min: 1, max: 500 })),
  mutate: moved,
  view: pnCounter.value,
  specification: (events) => events.reduce((sum, { operation }) => sum + operation, 0),
});

test('ups and downs may bring it below zero', () => {
  const down = pnCounter.decrement(pnCounter.bottom, 'a');
  expect(pnCounter.value(pnCounter.join(down, pnCounter.decrement(down, 'b', 4)))).toBe(-5);
});

test.each([0, -1, 0.5, NaN, Infinity, 2 ** 53])('an amount of %s is refused', (amount) => {
  expect(() => pnCounter.increment(pnCounter.bottom, 'a', amount)).toThrow(RangeError);
  expect(() => pnCounter.decrement(pnCounter.bottom, 'a', amount)).toThrow(RangeError);
});

test('counts that would not be exact are refused, even if the value would be', () => {
  const max = Number.MAX_SAFE_INTEGER;
  const up = pnCounter.increment(pnCounter.bottom, 'a', max);
  const both = pnCounter.join(up, pnCounter.decrement(up, 'a', max));
  expect(pnCounter.value(both)).toBe(0);
  expect(() => pnCounter.increment(both, 'b')).toThrow(RangeError);
});

describe('pruning', () => {
  const start = pnCounter.join(
    pnCounter.increment(pnCounter.bottom, 'x', 7),
    pnCounter.decrement(pnCounter.bottom, 'a', 2),
  );
  const note = pnCounter.prune(start, { epoch: 1, finals: [['x', 7, 0]] });
  const noted = pnCounter.join(start, note);

  test('forgets who is gone and keeps the value', () => {
    const forgotten = pnCounter.compact(noted, noted);
    expect(pnCounter.value(forgotten)).toBe(5);
    expect(forgotten.ups.finals.size + forgotten.downs.finals.size).toBe(0);
    expect(pnCounter.compact(noted, start)).toBe(noted);
  });

  test('of a replica that counted in one direction only can be followed by another one', () => {
    const next = pnCounter.prune(noted, { epoch: 2, finals: [['a', 0, 2]] });
    expect(pnCounter.value(pnCounter.join(noted, next))).toBe(5);
  });
});
