/*
 * What goes wrong elsewhere: one library on npm answers 0 both for equal and for concurrent clocks,
 * so that a conflict looks like a repetition and is thrown away.
 *
 * Goal: every two values stand in exactly one of four ways.
 * Method: the laws of a partial order, and 'concurrent' against its definition: each has a dot that
 * the other has not.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Ordering } from '../../src/ordering.ts';
import { compare, VectorClock } from '../../src/vector-clock.ts';
import { missingDots } from '../../src/version-vector.ts';
import { anyClock } from '../support/clocks.ts';
import { bloomClocks, clocks, dvvSets, exceptions } from '../support/knowledge.ts';
import { describePartialOrder } from '../support/lattice.ts';

describe('vector clocks', () => {
  describePartialOrder(clocks);

  test('two clocks are ordered as the sets of events that they tell of', () => {
    fc.assert(
      fc.property(anyClock, anyClock, (left, right) => {
        const isLacking = missingDots(left, right).length > 0;
        const isAhead = missingDots(right, left).length > 0;
        const orderings: Record<string, Ordering> = {
          'false,false': 'equal',
          'true,false': 'before',
          'false,true': 'after',
          'true,true': 'concurrent',
        };
        expect(compare(left, right)).toBe(orderings[`${isLacking},${isAhead}`]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('equal clocks are equal whatever they are made of, concurrent ones never', () => {
    const left = VectorClock.of([
      ['a', 1],
      ['b', 1],
    ]);
    const right = VectorClock.fromJSON(JSON.parse('{"b":1,"a":1,"c":0}'));

    expect(compare(left, right)).toBe('equal');
    expect(compare(left, VectorClock.of([['a', 2]]))).toBe('concurrent');
  });
});

describe('version vectors with exceptions', () => {
  describePartialOrder(exceptions);
});

describe('dvv sets', () => {
  describePartialOrder(dvvSets);
});

describe('Bloom clocks', () => {
  describePartialOrder(bloomClocks);
});
