import { describe, expect, test } from 'vitest';

import { boundedCounterCodec } from '../../../src/codec/bounded-counter-codec.ts';
import { gCounterCodec } from '../../../src/codec/g-counter-codec.ts';
import { pnCounterCodec } from '../../../src/codec/pn-counter-codec.ts';
import {
  boundedCounterOperations,
  gCounterOperations,
  pnCounterOperations,
} from '../../../src/codec/operations/counter-operations.ts';
import { boundedCounter } from '../../../src/plain/bounded-counter.ts';
import { gCounter } from '../../../src/plain/g-counter.ts';
import { pnCounter } from '../../../src/plain/pn-counter.ts';
import { describeOperations } from '../../support/describe-operations.ts';

describe('of grow-only counters', () => {
  describeOperations({
    type: gCounterOperations,
    lattice: gCounter,
    codec: gCounterCodec,
    acts: [1, 5, 2 ** 40],
    mutate: (state, id, amount) => gCounter.increment(state, id, amount),
  });

  test('what others counted is no change of its author', () => {
    const delta = gCounter.increment(gCounter.bottom, 'a');
    expect(() => gCounterOperations.prepare(gCounter.bottom, 'b', delta)).toThrow(RangeError);
    expect(() => gCounterOperations.prepare(delta, 'a', delta)).toThrow(RangeError);
    const pruning = gCounter.prune(gCounter.bottom, { epoch: 1, finals: [['b', 3]] });
    expect(() => gCounterOperations.prepare(gCounter.bottom, 'a', pruning)).toThrow(RangeError);
  });

  test('who counts on after a pruning counts from the final count', () => {
    const pruned = gCounter.prune(gCounter.bottom, { epoch: 1, finals: [['a', 3]] });
    const delta = gCounter.increment(pruned, 'a', 2);
    expect(gCounterOperations.prepare(pruned, 'a', delta)).toBe(2);
    expect(gCounter.value(gCounterOperations.effect(pruned, 'a', 2))).toBe(5);
  });
});

describe('of counters that go both ways', () => {
  describeOperations({
    type: pnCounterOperations,
    lattice: pnCounter,
    codec: pnCounterCodec,
    acts: [1, -1, -300],
    mutate: (state, id, amount) =>
      amount > 0 ? pnCounter.increment(state, id, amount) : pnCounter.decrement(state, id, -amount),
  });

  test('ups and downs at once are two operations', () => {
    const both = pnCounter.join(
      pnCounter.increment(pnCounter.bottom, 'a'),
      pnCounter.decrement(pnCounter.bottom, 'a'),
    );
    expect(() => pnCounterOperations.prepare(pnCounter.bottom, 'a', both)).toThrow(RangeError);
  });
});

describe('of bounded counters', () => {
  describeOperations({
    type: boundedCounterOperations,
    lattice: boundedCounter,
    codec: boundedCounterCodec,
    acts: ['create', 'spend', 'give'] as const,
    mutate: (state, id, act) => {
      if (act === 'create') return boundedCounter.increment(state, id, 3);
      const outcome =
        act === 'spend'
          ? boundedCounter.decrement(state, id, 2)
          : boundedCounter.transfer(state, id, id === 'a' ? 'b' : 'a', 1);
      return outcome.kind === 'granted' ? outcome.delta : undefined;
    },
    replicas: 'distinct',
  });
});
