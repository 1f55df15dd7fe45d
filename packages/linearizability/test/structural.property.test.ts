import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { structuralEquals, structuralHash, structuralSizeBytes } from '../src/structural.ts';

const state = fc.anything({
  withMap: true,
  withSet: true,
  withTypedArray: false,
  withNullPrototype: true,
});

describe('structural equality', () => {
  test('a clone is equal and has the same hash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const clone: unknown = structuredClone(value);
        expect(structuralEquals(value, clone)).toBe(true);
        expect(structuralHash(value)).toBe(structuralHash(clone));
      }),
    );
  });

  test('equal values have equal hashes', () => {
    fc.assert(
      fc.property(state, state, (left, right) => {
        if (structuralEquals(left, right)) expect(structuralHash(left)).toBe(structuralHash(right));
      }),
    );
  });

  test.each<[unknown, unknown, boolean]>([
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      true,
    ],
    [new Set([1, 2]), new Set([2, 1]), true],
    [new Set([1]), new Set([1, 2]), false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, {}, false],
    [{}, [], false],
    [new Date(1), new Date(2), false],
    [new Date(1), new Date(1), false],
    [new ArrayBuffer(1), new ArrayBuffer(2), false],
    [new Map(), {}, false],
    [Object.create(null), {}, true],
    [[], new Map(), false],
    [new Uint8Array([1]), new Uint8Array([1]), true],
    [new Uint8Array([1]), [1], false],
    [NaN, NaN, true],
    [null, undefined, false],
    [{ ['__proto__']: 1 }, {}, false],
  ])('%o and %o: %s', (left, right, isEqual) => {
    expect(structuralEquals(left, right)).toBe(isEqual);
    expect(structuralEquals(right, left)).toBe(isEqual);
  });
});

describe('structural size', () => {
  test.each<[unknown, number]>([
    ['x'.repeat(1_000), 1_000],
    [['x'.repeat(500), ['x'.repeat(500)]], 1_000],
    [{ a: { b: 'x'.repeat(1_000) } }, 1_000],
    [new Map([['k'.repeat(500), 'x'.repeat(500)]]), 1_000],
    [new Set(Array.from({ length: 100 }, (_, index) => index)), 1_000],
    [new Uint8Array(1_000), 1_000],
  ])('counts what is inside: %#', (value, atLeast) => {
    expect(structuralSizeBytes(value)).toBeGreaterThan(atLeast);
    expect(structuralSizeBytes(value)).toBeLessThan(6 * atLeast);
  });
});
