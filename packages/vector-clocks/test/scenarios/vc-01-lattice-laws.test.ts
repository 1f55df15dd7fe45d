/*
 * Goal: what is learnt does not depend on the order, the grouping or the repetition of messages,
 * and a missing entry is the same as one of 0.
 * Method: the laws of a join, for everything of this package that can be merged.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { meet } from '../../src/causal-stability.ts';
import { encodeVectorClock } from '../../src/codec/clock-codec.ts';
import { ReplicaTable } from '../../src/replica-table.ts';
import { compare, increment, merge, VectorClock } from '../../src/vector-clock.ts';
import { anyClock, anyReplicaId, entriesOf, replicaIds } from '../support/clocks.ts';
import { bloomClocks, clocks, dvvSets, exceptions } from '../support/knowledge.ts';
import { describeSemilattice } from '../support/lattice.ts';

describe('vector clocks', () => {
  describeSemilattice(clocks);

  test('the empty clock changes nothing in a merge', () => {
    fc.assert(
      fc.property(anyClock, (clock) => {
        expect(entriesOf(merge(clock, VectorClock.empty))).toEqual(entriesOf(clock));
        expect(entriesOf(merge(VectorClock.empty, clock))).toEqual(entriesOf(clock));
      }),
    );
  });

  test('merge and meet absorb each other', () => {
    fc.assert(
      fc.property(anyClock, anyClock, (left, right) => {
        expect(entriesOf(merge(left, meet(left, right)))).toEqual(entriesOf(left));
        expect(entriesOf(meet(left, merge(left, right)))).toEqual(entriesOf(left));
      }),
    );
  });

  test('a zero is a missing entry, to everything that looks at a clock', () => {
    const table = new ReplicaTable(replicaIds);
    fc.assert(
      fc.property(anyClock, anyClock, anyReplicaId, (clock, other, id) => {
        const zeros = table.align(clock);
        expect(zeros.ids.length).toBe(replicaIds.length);
        expect(entriesOf(zeros)).toEqual(entriesOf(clock));
        expect(zeros.size).toBe(clock.size);
        expect(JSON.stringify(zeros)).toBe(JSON.stringify(clock));
        expect(encodeVectorClock(zeros)).toEqual(encodeVectorClock(clock));
        expect(compare(zeros, other)).toBe(compare(clock, other));
        expect(entriesOf(merge(zeros, other))).toEqual(entriesOf(merge(clock, other)));
        expect(entriesOf(meet(zeros, other))).toEqual(entriesOf(meet(clock, other)));
        expect(entriesOf(increment(zeros, id))).toEqual(entriesOf(increment(clock, id)));
      }),
    );
  });
});

describe('version vectors with exceptions', () => {
  describeSemilattice(exceptions);
});

describe('dvv sets', () => {
  describeSemilattice(dvvSets);
});

describe('Bloom clocks', () => {
  describeSemilattice(bloomClocks);
});
