import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeSplitBlock, encodeSplitBlock } from '../src/codec/split-block-codec.ts';
import { SharedSplitBlockFilter } from '../src/shared-split-block.ts';
import { SplitBlockBloomFilter } from '../src/split-block-bloom.ts';

describe('a shared split-block filter', () => {
  test('finds what was added through any filter of the buffer', () => {
    const one = new SharedSplitBlockFilter({ itemCount: 100, falsePositiveRate: 0.01 });
    const other = new SharedSplitBlockFilter({ buffer: one.buffer });

    expect(one.add('a')).toBe('added');
    expect(other.add('a')).toBe('present');
    expect([other.has('a'), other.has('b')]).toEqual([true, false]);
    expect(other.blockCount).toBe(one.blockCount);
    expect(other.stats()).toEqual(one.stats());
  });

  test('has the bits of the filter that is not shared, for all keys', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 50 }), (keys, blockCount) => {
        const shared = new SharedSplitBlockFilter({ blockCount });
        const plain = new SplitBlockBloomFilter({ blockCount });
        for (const key of keys) expect(shared.add(key)).toBe(plain.add(key));
        expect([...shared.words]).toEqual([...plain.words]);
        for (const key of new Set(keys)) expect(shared.has(key)).toBe(true);
      }),
    );
  });

  test('hands hash function and seed over', () => {
    const secret = Uint8Array.from({ length: 16 }, (_, at) => at);
    for (const hasher of [keyHasher('siphash-1-3', secret), keyHasher('xxh64', 7n)]) {
      const one = new SharedSplitBlockFilter({ blockCount: 10, hasher });
      one.add('a');
      const other = new SharedSplitBlockFilter({ buffer: one.buffer });

      expect(other.hasher.id).toBe(hasher.id);
      expect(other.hasher.seed).toEqual(hasher.seed);
      expect(other.has('a')).toBe(true);
    }
  });

  test('is copied into a filter that can be written', () => {
    const shared = new SharedSplitBlockFilter({ blockCount: 10 });
    shared.add('a');
    const copy = shared.copy();
    shared.add('b');

    expect(copy.words.buffer).not.toBeInstanceOf(SharedArrayBuffer);
    const decoded = decodeSplitBlock(encodeSplitBlock(copy));
    expect([decoded.has('a'), decoded.has('b')]).toEqual([true, false]);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 26 + 1])('refuses %d blocks', (blockCount) => {
    expect(() => new SharedSplitBlockFilter({ blockCount })).toThrow(/^blockCount:/);
  });

  test('refuses a buffer that is not that of a filter', () => {
    const bufferWith = (words: readonly number[], byteLength = 96): SharedArrayBuffer => {
      const buffer = new SharedArrayBuffer(byteLength);
      new Int32Array(buffer, 0, words.length).set(words);
      return buffer;
    };
    const { buffer: whole } = new SharedSplitBlockFilter({ blockCount: 1 });
    const [magic = 0] = new Int32Array(whole);

    for (const buffer of [
      bufferWith([]),
      bufferWith([magic, 1, 4], 64),
      bufferWith([magic, 1, 4], 100),
      bufferWith([magic, 99, 4]),
      bufferWith([magic, 1, 33]),
      bufferWith([magic, 1, -1]),
      bufferWith([1, 1, 4]),
    ]) {
      expect(() => new SharedSplitBlockFilter({ buffer })).toThrow(/^buffer:/);
    }
    expect(() => new SharedSplitBlockFilter({ buffer: bufferWith([magic, 1, 3]) })).toThrow(
      RangeError,
    );
    expect(new SharedSplitBlockFilter({ buffer: bufferWith([magic, 1, 4]) }).has('a')).toBe(false);
  });
});
