/*
 * What goes wrong elsewhere: a dump is believed. A count of 2^32 - 1 allocates before anybody looks
 * whether so much is there; a truncated file restores a smaller ring; nodes that come twice or in
 * another order make a ring that answers as no other does.
 */
import { ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { allPlacements } from '../support/all-placements.ts';

/** `body` with its checksum, as an adversary has it too. */
function sealed(body: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(body);
  writer.u32(crc32c(body));
  return writer.finish();
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
}

describe.each(allPlacements)('%s', (_, make) => {
  const bytes = make(['a', { id: 'b', weight: 0 }, { id: 'c', zone: 'z' }]).snapshot();
  const body = bytes.slice(0, -4);

  test('is not restored from less or more than its snapshot', () => {
    // A table of 16,384 slots is the same for most of its bytes.
    const step = Math.max(1, Math.floor(bytes.length / 500));
    for (let length = 0; length < bytes.length; length += step) {
      expect(() => restorePlacement(bytes.subarray(0, length))).toThrow(DecodeError);
      if (length < body.length) {
        expect(() => restorePlacement(sealed(body.subarray(0, length)))).toThrow(DecodeError);
      }
    }
    expect(() => restorePlacement(sealed(bytes))).toThrow(DecodeError);
  });

  test('is not restored from another version, another format, or a wrong checksum', () => {
    expect(() => restorePlacement(sealed(withByte(body, 3, 2)))).toThrow(
      'version: expected 1, got 2',
    );
    expect(() => restorePlacement(sealed(withByte(body, 0, 0)))).toThrow('magic: expected');
    expect(() => restorePlacement(sealed(withByte(body, 4, 200)))).toThrow('kind: expected one');
    const last = bytes.length - 1;
    expect(() => restorePlacement(withByte(bytes, last, bytes[last]! ^ 1))).toThrow('checksum');
  });

  test('is not restored from nodes that come twice, or in another order', () => {
    const at = body.indexOf('a'.charCodeAt(0), 6);
    expect(() => restorePlacement(sealed(withByte(body, at, 0x62)))).toThrow('ascending ids');
    expect(() => restorePlacement(sealed(withByte(body, at, 0x7a)))).toThrow('ascending ids');
  });
});

test('2^32 - 1 nodes in 40 bytes are refused before anything is allocated', () => {
  const writer = new ByteWriter();
  for (const byte of [0x51, 0x50, 0x4c, 1, 1]) writer.u8(byte);
  writer.varint(0);
  writer.u8(1);
  writer.lengthPrefixed(new Uint8Array(4));
  writer.varint(2 ** 32 - 1);
  while (writer.sizeBytes < 36) writer.u8(0);
  expect(() => restorePlacement(sealed(writer.finish()))).toThrow(/^count: expected items for/);
});

test('slots of nodes that there are not are refused', () => {
  const slots = allPlacements.find(([name]) => name === 'slots')![1](['a', 'b']);
  const body = slots.snapshot().slice(0, -4);
  expect(() => restorePlacement(sealed(withByte(body, body.length - 1, 2)))).toThrow(
    'owners: expected indices of 2 nodes, got 2',
  );
});
