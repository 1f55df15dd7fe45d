import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MatrixClock } from '../src/matrix-clock.ts';
import { compare, VectorClock } from '../src/vector-clock.ts';
import { anyClock, anyReplicaId } from './support/clocks.ts';

const show = (matrix: MatrixClock): string => JSON.stringify(matrix.rows());

test('knowledge of knowledge travels over others', () => {
  const a = MatrixClock.empty.increment('a');
  const b = MatrixClock.empty.receive('b', 'a', a);
  const c = MatrixClock.empty.receive('c', 'b', b);
  const back = a.receive('a', 'c', c);

  expect(show(c)).toBe('[["a",{"a":1}],["b",{"a":1}],["c",{"a":1}]]');
  // No message of b has reached a, which knows all the same what b has seen.
  expect(back.row('b').get('a')).toBe(1);
  expect(back.cut(['a', 'b', 'c']).get('a')).toBe(1);
  expect(back.cut(['a', 'b', 'c', 'd']).size).toBe(0);
  expect(back.cut([]).size).toBe(0);
});

test('a matrix does not change', () => {
  const matrix = MatrixClock.empty.increment('a');
  const before = show(matrix);
  matrix.increment('a');
  matrix.observe('b', VectorClock.of([['a', 1]]));
  matrix.merge(MatrixClock.empty.increment('b'));

  expect(show(matrix)).toBe(before);
  expect(show(MatrixClock.empty)).toBe('[]');
});

const anyMatrix = fc
  .uniqueArray(fc.tuple(anyReplicaId, anyClock), { selector: ([id]) => id })
  .map((rows) => MatrixClock.of(rows));

test('merging is commutative, associative and idempotent, row by row', () => {
  fc.assert(
    fc.property(anyMatrix, anyMatrix, anyMatrix, (a, b, c) => {
      expect(show(a.merge(b))).toBe(show(b.merge(a)));
      expect(show(a.merge(b).merge(c))).toBe(show(a.merge(b.merge(c))));
      expect(show(a.merge(a))).toBe(show(a));
      for (const [id, clock] of a.rows()) {
        expect(['before', 'equal']).toContain(compare(clock, a.merge(b).row(id)));
      }
    }),
  );
});

test('rows need names that differ', () => {
  expect(() => MatrixClock.of([['', VectorClock.empty]])).toThrow(RangeError);
  expect(() => MatrixClock.empty.observe('', VectorClock.empty)).toThrow(RangeError);
  const row = ['a', VectorClock.empty] as const;
  expect(() => MatrixClock.of([row, row])).toThrow(
    new RangeError('rows: expected ids that differ, got "a" twice'),
  );
});
