import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ReplicaTable } from '../src/replica-table.ts';
import { compare, increment, merge, VectorClock } from '../src/vector-clock.ts';
import { anyClock, entriesOf, replicaIds } from './support/clocks.ts';

test('an aligned clock is the same clock, over the ids of the table', () => {
  const table = new ReplicaTable([...replicaIds, 'a']);
  fc.assert(
    fc.property(anyClock, anyClock, (left, right) => {
      const [one, other] = [table.align(left), table.align(right)];
      expect(one.ids).toBe(table.ids);
      expect(entriesOf(one)).toEqual(entriesOf(left));
      expect(one.size).toBe(left.size);
      expect(JSON.stringify(one)).toBe(JSON.stringify(left));
      expect(compare(one, left)).toBe('equal');
      expect(compare(one, other)).toBe(compare(left, right));
      expect(merge(one, other).ids).toBe(table.ids);
      expect(compare(merge(one, other), merge(left, right))).toBe('equal');
    }),
  );
});

test('a clock with a replica that is not in the table stays what it is', () => {
  const table = new ReplicaTable(['a']);
  const clock = increment(VectorClock.empty, 'b');

  expect(table.align(clock)).toBe(clock);
  expect(() => new ReplicaTable([''])).toThrow(RangeError);
});
