import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Ordering } from '../../src/ordering.ts';

/** Values that know something, and can be put together. */
export interface Knowledge<Value> {
  /** Three at a time, as some values only have a meaning beside others of their history. */
  readonly triples: fc.Arbitrary<readonly [Value, Value, Value]>;
  readonly merge: (left: Value, right: Value) => Value;
  readonly compare: (left: Value, right: Value) => Ordering;
}

const opposite: Readonly<Record<Ordering, Ordering>> = {
  before: 'after',
  after: 'before',
  equal: 'equal',
  concurrent: 'concurrent',
};

/** Whether the one knows nothing that the other does not. */
const isWithin = (ordering: Ordering): boolean => ordering === 'before' || ordering === 'equal';

/** What makes a merge proof against order, grouping and repetition: a join of a semilattice. */
export function describeSemilattice<Value>({ triples, merge, compare }: Knowledge<Value>): void {
  const same = (left: Value, right: Value): void => {
    expect(compare(left, right)).toBe('equal');
  };
  test.each<[law: string, holds: (a: Value, b: Value, c: Value) => void]>([
    [
      'idempotent',
      (a) => {
        same(merge(a, a), a);
      },
    ],
    [
      'commutative',
      (a, b) => {
        same(merge(a, b), merge(b, a));
      },
    ],
    [
      'associative',
      (a, b, c) => {
        same(merge(merge(a, b), c), merge(a, merge(b, c)));
      },
    ],
    [
      'above both',
      (a, b) => {
        expect(isWithin(compare(a, merge(a, b)))).toBe(true);
      },
    ],
    [
      'the least above both',
      (a, b, c) => {
        const isAbove = isWithin(compare(a, c)) && isWithin(compare(b, c));
        if (isAbove) expect(isWithin(compare(merge(a, b), c))).toBe(true);
      },
    ],
    [
      'monotone',
      (a, b, c) => {
        expect(isWithin(compare(merge(a, c), merge(merge(a, b), c)))).toBe(true);
      },
    ],
  ])('merge is %s', (_law, holds) => {
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        holds(a, b, c);
      }),
      { numRuns: 300 },
    );
  });
}

/** What makes a comparison a partial order. */
export function describePartialOrder<Value>({ triples, merge, compare }: Knowledge<Value>): void {
  test('every two values stand in one of four ways, and the opposite way round', () => {
    fc.assert(
      fc.property(triples, ([a, b]) => {
        expect(compare(b, a)).toBe(opposite[compare(a, b)]);
        expect(compare(a, a)).toBe('equal');
      }),
      { numRuns: 500 },
    );
  });

  test('before is transitive, through equals too', () => {
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        // Merged, so that chains are frequent.
        const [low, middle, high] = [a, merge(a, b), merge(merge(a, b), c)];
        if (!isWithin(compare(low, middle)) || !isWithin(compare(middle, high))) {
          throw new Error('a merge is above what it was made of');
        }
        expect(isWithin(compare(low, high))).toBe(true);
        if (compare(low, middle) === 'before') expect(compare(low, high)).toBe('before');
        if (compare(middle, high) === 'before') expect(compare(low, high)).toBe('before');
        const isChain = isWithin(compare(a, b)) && isWithin(compare(b, c));
        if (isChain) expect(isWithin(compare(a, c))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('concurrent is what a merge with either side changes, and equal what none changes', () => {
    fc.assert(
      fc.property(triples, ([a, b]) => {
        const both = merge(a, b);
        const isMoreThanA = compare(a, both) === 'before';
        const isMoreThanB = compare(b, both) === 'before';
        const expected = isMoreThanA
          ? isMoreThanB
            ? 'concurrent'
            : 'before'
          : isMoreThanB
            ? 'after'
            : 'equal';
        expect(compare(a, b)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
}
