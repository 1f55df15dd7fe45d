import { describe, expect, test } from 'vitest';

import { compress, decompress } from '../../src/adapters/compression.ts';
import { CorruptBytesError } from '../../src/errors.ts';
import { TextDocument } from '../../src/text/text-document.ts';

describe('a compressed document', () => {
  test('is smaller and comes back', async () => {
    const ann = new TextDocument({ replicaId: 'ann' });
    ann.insert(0, 'All that we see or seem is but a dream within a dream. '.repeat(50));
    const bytes = ann.save();
    const small = await compress(bytes);
    expect(small.length).toBeLessThan(bytes.length / 5);
    expect(await decompress(small)).toEqual(bytes);
  });

  test('may be empty', async () => {
    expect(await decompress(await compress(new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  test('is refused if it is cut off, or none, or damaged', async () => {
    const small = await compress(new Uint8Array(1_000).fill(7));
    for (let size = 0; size < small.length; size += 1) {
      await expect(decompress(small.subarray(0, size))).rejects.toThrow(CorruptBytesError);
    }
    await expect(decompress(small.with(0, 0))).rejects.toThrow(CorruptBytesError);
    await expect(decompress(small.with(4, 0xff))).rejects.toThrow(CorruptBytesError);
  });

  test('is refused as soon as it becomes too large', async () => {
    const bomb = await compress(new Uint8Array(16 * 1_024 * 1_024));
    expect(bomb.length).toBeLessThan(32 * 1_024);
    await expect(decompress(bomb, { maxSizeBytes: 1_024 })).rejects.toThrow(
      'bytes: expected at most 1024 of them, got more',
    );
    expect(await decompress(bomb, { maxSizeBytes: 16 * 1_024 * 1_024 })).toHaveLength(2 ** 24);
  });
});
