import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { decodeWithin, encodeIn, raftCodec } from '../../src/codec.ts';
import type { NodeMessage } from '../../src/codec/edge-messages.ts';
import { DIGEST_BYTES_MAX, type StateHash } from '../../src/codec/state-hash.ts';

const encode = (message: NodeMessage) => encodeIn({ written: 2, spoken: 2 }, message);
const decode = (bytes: Uint8Array) => decodeWithin({ min: 1, max: 2 }, bytes);

function stateHash(digest: Uint8Array): StateHash {
  return { kind: 'stateHash', logIndex: 300, digest };
}

describe('a state hash', () => {
  test('is written under tag 30, and read back', () => {
    const bytes = encode(stateHash(Uint8Array.of(7, 8)));
    expect(Array.from(bytes)).toEqual([2, 2, 30, 172, 2, 2, 7, 8]);
    expect(decode(bytes)).toEqual(stateHash(Uint8Array.of(7, 8)));
  });

  test('is no message of the core', () => {
    const bytes = encode(stateHash(Uint8Array.of(7)));
    expect(() => raftCodec.decode(bytes)).toThrow(
      new DecodeError("kind: expected Raft's, got stateHash"),
    );
  });

  test('does not keep the bytes that it was given', () => {
    const bytes = encode(stateHash(Uint8Array.of(7)));
    const decoded = decode(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(stateHash(Uint8Array.of(7)));
  });

  test('takes a digest of 1 to 64 bytes', () => {
    for (const size of [1, DIGEST_BYTES_MAX]) {
      const message = stateHash(new Uint8Array(size));
      expect(decode(encode(message))).toEqual(message);
    }
    for (const size of [0, DIGEST_BYTES_MAX + 1]) {
      const bytes = encode(stateHash(new Uint8Array(size)));
      expect(() => decode(bytes)).toThrow(
        new DecodeError(`digest: expected 1..64 bytes, got ${size}`),
      );
    }
  });

  test.each([
    ['index 0', [2, 2, 30, 0, 1, 7]],
    ['bytes at the end', [2, 2, 30, 1, 1, 7, 0]],
    ['a digest cut short', [2, 2, 30, 1, 2, 7]],
    ['nothing behind the tag', [2, 2, 30]],
    ['an older version', [1, 1, 30, 1, 1, 7]],
    ['nothing', []],
  ])('refuses %s', (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(DecodeError);
  });
});
