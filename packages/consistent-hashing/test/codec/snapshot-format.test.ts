import { DecodeError, ByteWriter, crc32c } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { decodeSnapshot, encodeSnapshot } from '../../src/codec/snapshot-format.ts';
import { nodeSet } from '../../src/node-set.ts';

const fields = {
  kind: 'ring',
  epoch: 300,
  hashCode: 1,
  seed: new Uint8Array(4),
  nodes: nodeSet([{ id: 'a', zone: 'z' }, { id: 'b', weight: 2.5 }, 'ç']),
  numbers: [160],
  words: new Uint32Array(0),
} as const;

/** `body` with its checksum, as an adversary would have it too. */
function sealed(body: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(body);
  writer.u32(crc32c(body));
  return writer.finish();
}

describe('encodeSnapshot and decodeSnapshot', () => {
  test('are each other’s inverse', () => {
    const full = { ...fields, words: Uint32Array.of(0, 7, 2 ** 32 - 1), numbers: [0.1, 1e300] };
    expect(decodeSnapshot(encodeSnapshot(full))).toEqual(full);
  });

  test('have a layout that does not change', () => {
    const bytes = encodeSnapshot({ ...fields, epoch: 0, nodes: nodeSet(['a']) });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '51504c010100010400000000010161' +
        '3ff000000000000000' +
        '014064000000000000' +
        '00' +
        '16d143f5',
    );
  });

  test('refuse every beginning of a snapshot, and any byte behind it', () => {
    const bytes = encodeSnapshot(fields);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSnapshot(bytes.subarray(0, length))).toThrow(DecodeError);
    }
    for (let length = 0; length < bytes.length - 4; length += 1) {
      expect(() => decodeSnapshot(sealed(bytes.subarray(0, length)))).toThrow(DecodeError);
    }
    expect(() => decodeSnapshot(sealed(bytes))).toThrow(DecodeError);
  });

  test('refuse every flipped bit', () => {
    const bytes = encodeSnapshot(fields);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeSnapshot(flipped)).toThrow(DecodeError);
    }
  });
});

test('whatever has a checksum restores or is refused, and nothing else', () => {
  const body = encodeSnapshot(fields).slice(0, -4);
  const edits = fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(edits, (changes) => {
      const changed = body.slice();
      for (const [at, byte] of changes) changed[at] = byte;
      try {
        restorePlacement(sealed(changed)).tryLocate('key');
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});
