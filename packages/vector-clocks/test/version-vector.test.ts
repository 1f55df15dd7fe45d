import fc from 'fast-check';
import { expect, test } from 'vitest';

import { dot } from '../src/dot.ts';
import { compare, increment, merge, VectorClock } from '../src/vector-clock.ts';
import { covers, missingDots, nextDot } from '../src/version-vector.ts';
import { anyClock, anyReplicaId } from './support/clocks.ts';

test('a vector covers the updates of a replica from the first to the number it has', () => {
  const known = VectorClock.of([['a', 2]]);

  expect([1, 2, 3].map((counter) => covers(known, dot('a', counter)))).toEqual([true, true, false]);
  expect(covers(known, dot('b', 1))).toBe(false);
});

test('the next update is the first that is not covered', () => {
  fc.assert(
    fc.property(anyClock, anyReplicaId, (known, id) => {
      const next = nextDot(known, id);
      expect(covers(known, next)).toBe(false);
      expect(covers(increment(known, id), next)).toBe(true);
      expect(next.counter).toBe(known.get(id) + 1);
    }),
  );
  expect(() => nextDot(VectorClock.of([['a', 2 ** 53 - 1]]), 'a')).toThrow(RangeError);
  expect(() => nextDot(VectorClock.empty, '')).toThrow(RangeError);
});

test('who gets what is missing has what both had', () => {
  fc.assert(
    fc.property(anyClock, anyClock, (known, other) => {
      const ranges = missingDots(known, other);
      for (const { id, first, last } of ranges) {
        expect(first).toBe(known.get(id) + 1);
        expect(last).toBe(other.get(id));
      }
      const learnt = VectorClock.of(ranges.map(({ id, last }) => [id, last]));
      expect(compare(merge(known, learnt), merge(known, other))).toBe('equal');
      expect(missingDots(other, known).length === 0).toBe(
        ['equal', 'before'].includes(compare(known, other)),
      );
    }),
  );
});
