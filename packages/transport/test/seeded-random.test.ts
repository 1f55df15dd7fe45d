import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { seededRandom, unbiasedInt } from '../src/seeded-random.ts';

const draw = (seed: number | string, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.uint32());
};

describe('seededRandom', () => {
  // Why this test? A seed in a bug report must mean the same run on every engine and next year.
  test('gives these numbers, on every engine', () => {
    expect(draw(0, 4)).toEqual([417911186, 1008692329, 2681350013, 71958551]);
    expect(draw('raft/n1', 4)).toEqual([1836838979, 3235262899, 1958357012, 2761521663]);
    expect(seededRandom(1).fork('network').uint32()).toBe(455555757);
    expect([...seededRandom(1).bytes(6)]).toEqual([223, 2, 135, 13, 117, 35]);
    expect(seededRandom(1).float()).toBe(0.052841353040223304);
    expect(seededRandom(1).int(1_000_000)).toBe(52841);
  });

  test('takes a number and its decimal text for the same seed', () => {
    expect(draw(-17, 3)).toEqual(draw('-17', 3));
  });

  test.each([Number.NaN, 0.5, 2 ** 53, Infinity])('refuses the seed %s', (seed) => {
    expect(() => seededRandom(seed)).toThrow(RangeError);
  });

  test('a fork depends on seed and label, not on what was drawn', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(50), (seed, label, drawnCount) => {
        const untouched = seededRandom(seed).fork(label).uint32();
        const parent = seededRandom(seed);
        for (let index = 0; index < drawnCount; index += 1) parent.float();
        parent.fork('another').uint32();
        expect(parent.fork(label).uint32()).toBe(untouched);
      }),
    );
  });

  test('streams of different paths differ', () => {
    const random = seededRandom(1);
    const firsts = [
      random,
      random.fork(''),
      random.fork('').fork(''),
      random.fork('ab'),
      random.fork('a').fork('b'),
      random.fork('b').fork('a'),
      random.fork('__proto__'),
      random.fork('\ud800'),
      random.fork('\ud801'),
      seededRandom('1ab'),
      seededRandom(2),
    ].map((stream) => stream.uint32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  // The bounds are four standard deviations; the seed is fixed, so the test cannot flicker.
  test('every bit is set half the time, in one stream and in first words of many', () => {
    const words = draw(1, 65_536);
    const firsts = Array.from({ length: 65_536 }, (_, seed) => seededRandom(seed).uint32());
    for (const sample of [words, firsts]) {
      for (let bit = 0; bit < 32; bit += 1) {
        const setCount = sample.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
        expect(Math.abs(setCount - 32_768)).toBeLessThan(4.5 * 128);
      }
    }
  });

  test('float lies in [0, 1) and uses bits beyond 32', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 1_000 }, () => random.float());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.some((value) => (value * 2 ** 32) % 1 !== 0)).toBe(true);
    expect(values.every((value) => (value * 2 ** 53) % 1 === 0)).toBe(true);
  });

  test('bytes come in the length asked for', () => {
    const random = seededRandom(4);
    for (const count of [0, 1, 3, 4, 5, 1_000]) expect(random.bytes(count).length).toBe(count);
    expect(new Set(random.bytes(1_000)).size).toBeGreaterThan(200);
  });
});

describe('unbiasedInt', () => {
  test.each([0, -1, 0.5, 2 ** 32 + 1, Number.NaN])('refuses a range of %s', (below) => {
    expect(() => unbiasedInt(below, () => 0)).toThrow('below: expected an integer in 1..2^32');
  });

  test('maps every word into the range, in order', () => {
    const below = fc.integer({ min: 1, max: 2 ** 32 });
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(below, word, (limit, first) => {
        const words = [first];
        // A word that is rejected is followed by the largest, which never is.
        const value = unbiasedInt(limit, () => words.pop() ?? 2 ** 32 - 1);
        const expected = (BigInt(first) * BigInt(limit)) >> 32n;
        const isRejected = (BigInt(first) * BigInt(limit)) % 2n ** 32n < 2n ** 32n % BigInt(limit);
        expect(value).toBe(isRejected ? limit - 1 : Number(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a range of three quarters of all words keeps no value twice as likely', () => {
    const random = seededRandom(5);
    const below = 3 * 2 ** 30;
    let lowCount = 0;
    for (let index = 0; index < 30_000; index += 1) lowCount += random.int(below) < 2 ** 30 ? 1 : 0;
    // A plain modulo would give 15 000.
    expect(Math.abs(lowCount - 10_000)).toBeLessThan(400);
  });
});
