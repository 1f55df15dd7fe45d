import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type CausalContext,
  contextOf,
  type Dot,
  hasDot,
  includes,
  joinContexts,
  newerThan,
  nextDot,
  rangesOf,
  withoutDots,
} from '../../src/causal/causal-context.ts';
import { entriesOf, get, leaf } from '../../src/ordered-map.ts';

const dot: fc.Arbitrary<Dot> = fc.record({
  replicaId: fc.constantFrom('a', 'b', '__proto__'),
  counter: fc.integer({ min: 1, max: 12 }),
});
const dots = fc.array(dot, { maxLength: 30, size: 'max' });

const nameOf = ({ replicaId, counter }: Dot): string => `${replicaId} ${counter}`;

function listed(context: CausalContext): Set<string> {
  const names = new Set<string>();
  for (const { key: replicaId, value: ranges } of entriesOf(context)) {
    for (let index = 0; index < ranges.length; index += 2) {
      for (let counter = ranges[index]!; counter <= ranges[index + 1]!; counter += 1) {
        names.add(nameOf({ replicaId, counter }));
      }
    }
  }
  return names;
}

/** Ranges ascend, are not empty, and do not touch: so there is one list of them for each set. */
function expectCanonical(context: CausalContext): void {
  for (const { value: ranges } of entriesOf(context)) {
    expect(ranges.length).toBeGreaterThan(0);
    let previous = -1;
    for (let index = 0; index < ranges.length; index += 2) {
      expect(ranges[index]!).toBeGreaterThan(previous + 1);
      expect(ranges[index + 1]!).toBeGreaterThanOrEqual(ranges[index]!);
      previous = ranges[index + 1]!;
    }
  }
}

test('a context is the set of its dots, and a join the union', () => {
  fc.assert(
    fc.property(dots, dots, (some, others) => {
      const left = contextOf(some);
      const right = contextOf(others);
      const joined = joinContexts(left, right);
      const model = new Set([...some, ...others].map(nameOf));
      expectCanonical(left);
      expectCanonical(joined);
      expect(listed(joined)).toEqual(model);
      expect(includes(left, right)).toBe(model.size === new Set(some.map(nameOf)).size);
      expect(joinContexts(left, right) === left).toBe(includes(left, right));
      for (const { replicaId, counter } of others) {
        expect(hasDot(joined, replicaId, counter)).toBe(true);
        expect(hasDot(left, replicaId, counter)).toBe(
          listed(left).has(nameOf({ replicaId, counter })),
        );
      }
    }),
  );
});

test('gaps close as they are filled', () => {
  const gappy = contextOf([
    { replicaId: 'a', counter: 1 },
    { replicaId: 'a', counter: 3 },
    { replicaId: 'a', counter: 4 },
  ]);

  expect(get(gappy, 'a')).toEqual([1, 1, 3, 4]);
  const filled = joinContexts(gappy, contextOf([{ replicaId: 'a', counter: 2 }]));
  expect(get(filled, 'a')).toEqual([1, 4]);
});

test('the next dot comes after all that are known, gaps or not', () => {
  expect(nextDot(undefined, 'a')).toEqual({ replicaId: 'a', counter: 1 });
  expect(nextDot(contextOf([{ replicaId: 'a', counter: 7 }]), 'a').counter).toBe(8);
  expect(nextDot(contextOf([{ replicaId: 'a', counter: 7 }]), 'b').counter).toBe(1);
});

test('no dot is made without a name, or after the last number', () => {
  const full = leaf('a', [1, Number.MAX_SAFE_INTEGER]);

  expect(() => nextDot(full, 'a')).toThrow(
    new RangeError('counter: expected at most 2^53-1, got more'),
  );
  expect(() => nextDot(undefined, '')).toThrow(
    new RangeError('replicaId: expected 1..64 bytes of UTF-8, got 0'),
  );
});

test('dots can be taken away', () => {
  fc.assert(
    fc.property(dots, dots, (some, others) => {
      const removed = new Set(others.map(nameOf));
      const rest = withoutDots(contextOf(some), contextOf(others));
      expectCanonical(rest);
      expect(listed(rest)).toEqual(new Set(some.map(nameOf).filter((name) => !removed.has(name))));
      expect([...rangesOf(rest)].every(({ first, last }) => first <= last)).toBe(true);
    }),
  );
});

test('what is newer lies beyond the last dot known of each replica', () => {
  fc.assert(
    fc.property(dots, dots, (some, others) => {
      const known = contextOf(others);
      const expected = some.filter(
        ({ replicaId, counter }) => counter > (get(known, replicaId)?.at(-1) ?? 0),
      );
      expectCanonical(newerThan(contextOf(some), known));
      expect(listed(newerThan(contextOf(some), known))).toEqual(new Set(expected.map(nameOf)));
    }),
  );
});
