import fc from 'fast-check';
import { expect, test } from 'vitest';

import { dot, type Dot } from '../src/dot.ts';
import { VectorClock } from '../src/vector-clock.ts';
import { VersionVectorWithExceptions } from '../src/version-vector-with-exceptions.ts';
import { anyReplicaId } from './support/clocks.ts';

const anyDots = fc.array(fc.record({ id: anyReplicaId, counter: fc.integer({ min: 1, max: 8 }) }), {
  maxLength: 30,
});

function knowing(dots: Iterable<Dot>): VersionVectorWithExceptions {
  const known = new VersionVectorWithExceptions();
  for (const each of dots) known.add(each);
  return known;
}

const nameOf = ({ id, counter }: Dot): string => `${counter} of ${id}`;

test('what came early is an exception less when the rest arrives', () => {
  const known = new VersionVectorWithExceptions(VectorClock.of([['a', 5]]));
  expect(known.add(dot('a', 7))).toBe('added');
  expect(known.add(dot('a', 10))).toBe('added');

  expect(known.missing()).toEqual([
    { id: 'a', first: 6, last: 6 },
    { id: 'a', first: 8, last: 9 },
  ]);
  expect(known.exceptionCount).toBe(2);
  expect(JSON.stringify(known.base())).toBe('{"a":5}');
  expect(known.add(dot('a', 6))).toBe('added');
  expect(known.add(dot('a', 6))).toBe('present');
  expect(JSON.stringify(known.base())).toBe('{"a":7}');
  expect(known.exceptionCount).toBe(1);
  expect(known.known()).toEqual([
    { id: 'a', first: 1, last: 7 },
    { id: 'a', first: 10, last: 10 },
  ]);
});

test('it is the set of dots that were added, in any order, with repetitions', () => {
  fc.assert(
    fc.property(anyDots, anyDots, (left, right) => {
      const one = knowing(left);
      const other = knowing(right);
      const set = new Set(left.map(nameOf));
      const others = new Set(right.map(nameOf));
      for (const each of [...left, ...right]) expect(one.has(each)).toBe(set.has(nameOf(each)));

      const isWithin = [...set].every((name) => others.has(name));
      const isAround = [...others].every((name) => set.has(name));
      expect(one.compare(other)).toBe(
        isWithin ? (isAround ? 'equal' : 'before') : isAround ? 'after' : 'concurrent',
      );

      const merged = one.clone();
      expect(merged.merge(other)).toBe('merged');
      expect(merged.compare(knowing([...left, ...right]))).toBe('equal');
      expect(merged.exceptionCount).toBe(merged.missing().length);
      expect(one.compare(knowing(left))).toBe('equal');
    }),
  );
});

test('gaps have a limit, and what closes one is let in', () => {
  const known = new VersionVectorWithExceptions(VectorClock.empty, { exceptionCountMax: 2 });
  known.add(dot('a', 3));
  known.add(dot('b', 3));

  expect(known.add(dot('__proto__', 3))).toBe('full');
  expect(known.add(dot('a', 7))).toBe('full');
  expect(known.has(dot('a', 7))).toBe(false);
  expect(known.exceptionCount).toBe(2);
  expect(known.add(dot('a', 4))).toBe('added');
  expect(known.add(dot('c', 1))).toBe('added');
  expect(known.add(dot('b', 2))).toBe('added');
  expect(known.add(dot('b', 1))).toBe('added');
  expect(known.exceptionCount).toBe(1);
  expect(known.add(dot('a', 7))).toBe('added');
});

test('a merge past the limit changes nothing', () => {
  const known = new VersionVectorWithExceptions(VectorClock.empty, { exceptionCountMax: 1 });
  known.add(dot('a', 3));
  const before = known.clone();

  expect(known.merge(knowing([dot('a', 1), dot('b', 9)]))).toBe('full');
  expect(known.compare(before)).toBe('equal');
  expect(known.merge(knowing([dot('a', 1), dot('a', 2), dot('b', 9)]))).toBe('merged');
  expect(known.exceptionCount).toBe(1);
});

test('what is no dot is refused', () => {
  const known = new VersionVectorWithExceptions();

  expect(() => known.add({ id: 'a', counter: 0 })).toThrow(RangeError);
  expect(() => known.add({ id: 'a', counter: 2 ** 53 })).toThrow(RangeError);
  expect(() => known.add({ id: '\ud800', counter: 1 })).toThrow(RangeError);
  expect(known.known()).toEqual([]);
  expect(
    () => new VersionVectorWithExceptions(VectorClock.empty, { exceptionCountMax: -1 }),
  ).toThrow('exceptionCountMax: expected an integer in 0..2^53-1, got -1');
});

test('it is put together again from its runs', () => {
  fc.assert(
    fc.property(anyDots, (dots) => {
      const known = knowing(dots);
      const again = VersionVectorWithExceptions.ofRuns(known.runs());
      expect(again.compare(known)).toBe('equal');
      expect(again.exceptionCount).toBe(known.exceptionCount);
      again.add(dot('other', 9));
      expect(known.has(dot('other', 9))).toBe(false);
    }),
  );
});

test.each([
  [[['a', []]], 'runs of "a": expected rising runs once, got others'],
  [[['a', [2, 1]]], 'runs of "a": expected rising runs once, got others'],
  [
    [
      ['a', [1, 1]],
      ['a', [3, 3]],
    ],
    'runs of "a": expected rising runs once, got others',
  ],
  [[['', [1, 1]]], 'id: expected 1..64 bytes of UTF-8, got 0'],
  [[['a', [2, 2, 4, 4]]], 'runs: expected at most 1 gaps, got 2'],
] as const)('%j are no runs of replicas', (entries, message) => {
  expect(() => VersionVectorWithExceptions.ofRuns(entries, { exceptionCountMax: 1 })).toThrow(
    message,
  );
});
