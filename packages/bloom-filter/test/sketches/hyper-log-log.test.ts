import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HyperLogLog } from '../../src/sketches/hyper-log-log.ts';
import { keyFamilies } from '../support/key-families.ts';

describe('a HyperLogLog', () => {
  test('counts few keys as a set does', () => {
    const sketch = new HyperLogLog();
    expect(sketch.estimate()).toBe(0);
    for (let visit = 0; visit < 1_000; visit += 1) sketch.add(`visitor-${visit % 10}`);

    expect(sketch.estimate()).toBe(10);
  });

  test('says whether a key is certainly new', () => {
    const sketch = new HyperLogLog();

    expect(sketch.add('a')).toBe('added');
    expect(sketch.add('a')).toBe('unchanged');
  });

  test('remembers the place of the first 1 behind the bits that choose a register', () => {
    const sketch = new HyperLogLog({ precision: 4 });
    sketch.addHash(0x6800_0000, 0);
    sketch.addHash(0x60b0_0000, 0);
    sketch.addHash(0x7000_0000, 1);
    sketch.addHash(0x8000_0000, 0);
    sketch.addHash(-1, -1);

    expect([...sketch.registers.subarray(6, 9), sketch.registers[15]]).toEqual([5, 60, 61, 1]);
  });

  test.each(Object.entries(keyFamilies))('is right about %s to four errors', (_, keyOf) => {
    const sketch = new HyperLogLog({ precision: 12 });
    let count = 0;
    for (const total of [100, 1_000, 5_000, 10_000, 20_000, 100_000]) {
      for (; count < total; count += 1) sketch.add(keyOf(count));
      expect(Math.abs(sketch.estimate() / total - 1)).toBeLessThan((4 * 1.04) / 2 ** 6);
    }
  });

  test('has no bias at any number of keys', () => {
    for (const total of [50, 600, 3_000]) {
      let sum = 0;
      for (let seed = 0; seed < 200; seed += 1) {
        const hasher = keyHasher('murmur3-x86-128', seed);
        const sketch = new HyperLogLog({ precision: 8, hasher });
        for (let key = 0; key < total; key += 1) sketch.add(key);
        sum += sketch.estimate();
      }
      // Four deviations of the mean of 200.
      expect(Math.abs(sum / 200 / total - 1)).toBeLessThan((4 * 0.065) / Math.sqrt(200));
    }
  });

  test('is the same in any order, and of any parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (left, right) => {
        const sketchOf = (keys: readonly string[]): HyperLogLog => {
          const sketch = new HyperLogLog({ precision: 5 });
          for (const key of keys) sketch.add(key);
          return sketch;
        };
        const merged = sketchOf(left);
        merged.addAll(sketchOf(right));
        const all = [...right, ...left].reverse();
        expect(merged.registers).toEqual(sketchOf(all).registers);
        expect(sketchOf([...new Set(all)]).registers).toEqual(merged.registers);
      }),
    );
  });

  test('goes on with registers that are there, up to full ones', () => {
    const registers = new Uint8Array(16).fill(61);
    const sketch = new HyperLogLog({ precision: 4, registers });

    expect(sketch.estimate()).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([3, 19, 4.5, Number.NaN])('refuses a precision of %d', (precision) => {
    expect(() => new HyperLogLog({ precision })).toThrow(/^precision:/);
  });

  test('refuses registers that do not fit', () => {
    const refuse = (registers: Uint8Array): void => {
      expect(() => new HyperLogLog({ precision: 4, registers })).toThrow(/^registers:/);
    };
    refuse(new Uint8Array(15));
    refuse(new Uint8Array(16).fill(62));
  });

  test('refuses to add up what is unlike, and changes nothing', () => {
    const sketch = new HyperLogLog({ precision: 4 });
    const other = new HyperLogLog({ precision: 5 });
    const seeded = new HyperLogLog({ precision: 4, hasher: keyHasher('xxh64') });
    for (const one of [other, seeded]) one.add('a');

    expect(() => {
      sketch.addAll(other);
    }).toThrow(/^other.precision:/);
    expect(() => {
      sketch.addAll(seeded);
    }).toThrow(/^other.hasher:/);
    expect(sketch.estimate()).toBe(0);
  });
});
