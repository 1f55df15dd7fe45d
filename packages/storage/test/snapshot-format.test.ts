import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  bytesAfterFixedHeader,
  CHUNK_HEADER_BYTES,
  chunkCrc,
  decodeChunkHeader,
  decodeHeader,
  encodeHeader,
  FIXED_HEADER_BYTES,
  sealChunk,
  SNAPSHOT_CHUNK_BYTES,
} from '../src/snapshot-format.ts';

const header = {
  lastIncludedIndex: 2 ** 53 - 1,
  lastIncludedTerm: 2 ** 52,
  metadata: Uint8Array.of(1, 2, 3),
};

describe('a header', () => {
  test('is read as it was written', () => {
    const { bytes, crc } = encodeHeader(header);
    const rest = bytesAfterFixedHeader(bytes.subarray(0, FIXED_HEADER_BYTES));
    expect(FIXED_HEADER_BYTES + rest).toBe(bytes.length);
    expect(decodeHeader(bytes)).toEqual({ header, crc });
  });

  test('with any bit changed is none', () => {
    const { bytes } = encodeHeader(header);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => {
        const rest = bytesAfterFixedHeader(damaged.subarray(0, FIXED_HEADER_BYTES));
        decodeHeader(damaged.subarray(0, FIXED_HEADER_BYTES + rest));
      }).toThrow(DecodeError);
    }
  });

  test.each([
    [{ lastIncludedIndex: -1 }, /^lastIncludedIndex: expected .* got -1$/],
    [{ lastIncludedIndex: 2 ** 53 }, /^lastIncludedIndex: expected/],
    [{ lastIncludedTerm: Number.NaN }, /^lastIncludedTerm: expected .* got NaN$/],
    [{ metadata: new Uint8Array(2 ** 20 + 1) }, /^metadata: expected at most/],
  ])('out of range is refused: %o', (change, message) => {
    expect(() => encodeHeader({ ...header, ...change })).toThrow(message);
  });

  test('of another version or format is refused', () => {
    const { bytes } = encodeHeader(header);
    const later = bytes.slice();
    later[11] = 2;
    expect(() => bytesAfterFixedHeader(later)).toThrow('version: expected 1, got 2');
    expect(() => bytesAfterFixedHeader(new Uint8Array(32))).toThrow('not a snapshot');
    expect(() => bytesAfterFixedHeader(new Uint8Array(3))).toThrow(DecodeError);
  });
});

describe('a chunk', () => {
  const chunk = (...content: number[]): Uint8Array =>
    Uint8Array.of(...new Uint8Array(CHUNK_HEADER_BYTES), ...content);

  test('is sealed with its size and all that came before it', () => {
    const sealed = chunk(1, 2, 3);
    const crc = sealChunk(sealed, 77);
    expect(decodeChunkHeader(sealed)).toEqual({ sizeBytes: 3, crc });
    expect(chunkCrc(sealed, 77)).toBe(crc);
    expect(chunkCrc(sealed, 78)).not.toBe(crc);
  });

  test('says no size that no chunk can have', () => {
    const sealed = chunk();
    new DataView(sealed.buffer).setUint32(0, SNAPSHOT_CHUNK_BYTES + 1);
    expect(() => decodeChunkHeader(sealed)).toThrow(DecodeError);
  });
});
