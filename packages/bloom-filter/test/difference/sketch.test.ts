import { describe, expect, test } from 'vitest';

import { checkOf, Sketch, SYMBOL_WORDS } from '../../src/difference/sketch.ts';
import { indicesOf } from '../../src/difference/symbol-walk.ts';
import { hashesFrom } from '../support/random-hashes.ts';

/** Each symbol summed up from its definition. */
function slowSymbols(hashes: Uint32Array, symbolCount: number): Int32Array {
  const symbols = new Int32Array(symbolCount * SYMBOL_WORDS);
  for (let item = 0; item < hashes.length; item += 2) {
    const [low, high] = [hashes[item]!, hashes[item + 1]!];
    for (const index of indicesOf(low, high, symbolCount)) {
      symbols[index * SYMBOL_WORDS]! ^= low;
      symbols[index * SYMBOL_WORDS + 1]! ^= high;
      symbols[index * SYMBOL_WORDS + 2]! ^= checkOf(low, high);
      symbols[index * SYMBOL_WORDS + 3]! += 1;
    }
  }
  return symbols;
}

describe('a sketch', () => {
  test('is the sums of its elements', () => {
    const hashes = hashesFrom(3, 300);
    expect(new Sketch(hashes).symbols(0, 100)).toEqual(slowSymbols(hashes, 100));
  });

  test.each([1, 3, 10, 64])('is the same in pieces of %i symbols', (piece) => {
    const hashes = hashesFrom(4, 200);
    const sketch = new Sketch(hashes);
    const pieces: number[] = [];
    for (let start = 0; start < 128; start += piece) {
      pieces.push(...sketch.symbols(start, Math.min(start + piece, 128)));
    }
    expect(pieces).toEqual([...slowSymbols(hashes, 128)]);
    expect(sketch.symbolCount).toBe(128);
    expect(sketch.elementCount).toBe(200);
  });

  test('of nothing is empty', () => {
    const sketch = new Sketch(new Uint32Array(0));
    expect(sketch.elementCount).toBe(0);
    expect(sketch.symbols(0, 10)).toEqual(new Int32Array(10 * SYMBOL_WORDS));
  });

  test('refuses half a hash', () => {
    expect(() => new Sketch(new Uint32Array(3))).toThrow(
      new RangeError('hashes: expected two halves each, got 3 halves'),
    );
  });
});

describe('a check', () => {
  test('of a sum is no sum of checks', () => {
    const hashes = hashesFrom(5, 2_000);
    for (let at = 0; at + 3 < hashes.length; at += 4) {
      const [low, high, otherLow, otherHigh] = hashes.slice(at, at + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const sum = checkOf(low, high) ^ checkOf(otherLow, otherHigh);
      expect(checkOf(low ^ otherLow, high ^ otherHigh)).not.toBe(sum);
    }
  });

  test('is the same of unsigned and signed halves', () => {
    expect(checkOf(0xffff_fff0, 0x8000_0001)).toBe(checkOf(0xffff_fff0 | 0, 0x8000_0001 | 0));
  });
});
