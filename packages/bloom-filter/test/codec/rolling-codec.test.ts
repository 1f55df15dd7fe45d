import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { writeShapes } from '../../src/codec/bloom-layers.ts';
import { writeDouble } from '../../src/codec/double.ts';
import { decodeRolling, encodeRolling } from '../../src/codec/rolling-codec.ts';
import { RollingFilter } from '../../src/rolling.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';

const hasher = keyHasher('xxh64', 5);
const options = { itemCount: 40, falsePositiveRate: 1e-6, windowMs: 1_000, hasher };

const small = new RollingFilter({ ...options, itemCount: 4, generationCount: 2 });
for (const nowMs of [0, 600, 1_100]) small.add(`at ${nowMs}`, nowMs);

describeFile({ kind: 'rolling', value: small, encode: encodeRolling, decode: decodeRolling });

describe('a rolling filter that was read', () => {
  test('forgets as the one that was written, whatever time does', () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: -300, max: 600 })));
    fc.assert(
      fc.property(steps, steps, fc.constantFrom(1, 4, 64), (before, after, generationCount) => {
        const filter = new RollingFilter({ ...options, generationCount });
        let nowMs = 0;
        for (const [key, passedMs] of before) filter.add(key, (nowMs += passedMs));
        const read = decodeRolling(encodeRolling(filter));
        for (const [key, passedMs] of after) {
          nowMs += passedMs;
          expect(read.has(key + 5, nowMs)).toBe(filter.has(key + 5, nowMs));
          expect(read.add(key, nowMs)).toBe(filter.add(key, nowMs));
        }
        expect(encodeRolling(read)).toEqual(encodeRolling(filter));
      }),
    );
  });

  test('finds a key for the rest of its window, and then forgets it', () => {
    const filter = new RollingFilter(options);
    filter.add('a', 1_700_000_000_123);
    const read = decodeRolling(encodeRolling(filter));

    expect(read.has('a', 1_700_000_001_123)).toBe(true);
    expect(read.has('a', 1_700_000_001_250)).toBe(false);
    expect([read.windowMs, read.generationMs, read.hasher.id]).toEqual([1_000, 250, 'xxh64']);
  });

  test('remembers the latest time, although its clock is behind', () => {
    const filter = new RollingFilter(options);
    filter.add('a', 50_000);
    const read = decodeRolling(encodeRolling(filter));

    expect(read.add('b', 10_000)).toBe('added');
    expect(read.has('a', 10_000)).toBe(true);
    expect(read.has('b', 51_000)).toBe(true);
  });

  test('may be one to which no time was passed in yet', () => {
    const read = decodeRolling(encodeRolling(new RollingFilter(options)));

    expect(read.has('a', -7e9)).toBe(false);
    expect(read.add('a', -7e9)).toBe('added');
    expect(read.has('a', -7e9)).toBe(true);
  });

  test('has the same bytes, whether the time was 0 or -0', () => {
    const [plus, minus] = [0, -0].map((nowMs) => {
      const filter = new RollingFilter(options);
      filter.add('a', nowMs);
      return encodeRolling(filter);
    });

    expect(minus).toEqual(plus);
    expect(decodeRolling(minus ?? new Uint8Array()).has('a', 0)).toBe(true);
  });
});

describe('parts', () => {
  const { parts } = small;

  test('make a filter that goes on with the same generations', () => {
    const filter = new RollingFilter(parts);
    expect(filter.parts).toEqual(parts);
    expect(filter.parts.generations[0]).toBe(parts.generations[0]);
  });

  test.each([
    ['one generation', { generations: parts.generations.slice(0, 1) }, /^generations: expected 2/],
    [
      'one generation of another hash',
      { generations: [...parts.generations, new BloomFilter({ bitCount: 64, hashCount: 2 })] },
      /^generations: expected xxh64 of one seed/,
    ],
    ['another hash', { hasher: keyHasher('xxh64', 6) }, /^generations: expected xxh64 of one seed/],
    ['half a number', { newest: 0.5 }, /^newest: expected an integer below 2\^53/],
    ['a number beyond all', { newest: Number.POSITIVE_INFINITY }, /^newest:/],
    ['no window', { windowMs: 0 }, /^windowMs:/],
    ['a window that cannot be divided', { windowMs: 5e-324 }, /^windowMs: expected one that can/],
  ])('of %s are refused', (_, changed, message) => {
    expect(() => new RollingFilter({ ...parts, ...changed })).toThrow(message);
  });
});

interface Claims {
  readonly windowMs?: number;
  readonly newest?: number;
  readonly count?: number;
  readonly bitCount?: number;
  readonly hashCount?: number;
  readonly bodyBytes?: number;
}

function claimOf(claims: Claims): Uint8Array {
  const { windowMs = 1_000, newest = 7, count = 3, bitCount = 64, hashCount = 5 } = claims;
  const { bodyBytes = (count * bitCount) / 8 } = claims;
  return claim(
    'rolling',
    (writer) => {
      writeDouble(writer, windowMs);
      writeDouble(writer, newest);
      writeShapes(
        writer,
        Array.from({ length: count }, () => ({ bitCount, hashCount })),
      );
    },
    bodyBytes,
  );
}

test('a file that claims what can be is read', () => {
  expect(decodeRolling(claimOf({ count: 65 })).parts).toMatchObject({ newest: 7 });
  expect(decodeRolling(claimOf({ newest: -(2 ** 53 - 1) })).has('a', 0)).toBe(false);
});

test.each<[string, Claims]>([
  ['a window of NaN', { windowMs: Number.NaN }],
  ['a window of 0', { windowMs: 0 }],
  ['a window before now', { windowMs: -1 }],
  ['a window without end', { windowMs: Number.POSITIVE_INFINITY }],
  ['a window that cannot be divided', { windowMs: 5e-324 }],
  ['a newest generation of NaN', { newest: Number.NaN }],
  ['a newest generation of -0', { newest: -0 }],
  ['a newest generation of 0.5', { newest: 0.5 }],
  ['a newest generation of 2^53', { newest: 2 ** 53 }],
  ['a newest generation that never ends', { newest: Number.POSITIVE_INFINITY }],
  ['no generation', { count: 0 }],
  ['one generation', { count: 1 }],
  ['66 generations', { count: 66 }],
  ['255 generations', { count: 255 }],
  ['generations of no bit', { bitCount: 0 }],
  ['generations of 2^40 bits', { bitCount: 2 ** 40, bodyBytes: 24 }],
  ['generations of 2^35 bits', { count: 65, bitCount: 2 ** 35, bodyBytes: 24 }],
  ['2^31 bits for a key', { hashCount: 2 ** 31 }],
  ['no bit for a key', { hashCount: 0 }],
  ['more than there is', { bodyBytes: 23 }],
  ['less than there is', { bodyBytes: 25 }],
])('a file that claims %s is refused', (_, claims) => {
  expectRefusal(decodeRolling, claimOf(claims));
});
