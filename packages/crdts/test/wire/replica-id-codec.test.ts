import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import {
  packReplicaId,
  readReplicaId,
  unpackReplicaId,
  writeReplicaId,
} from '../../src/wire/replica-id-codec.ts';

function bytesOf(id: string): Uint8Array {
  const writer = new ByteWriter();
  writeReplicaId(writer, id);
  return writer.copy();
}

test.each([
  ['AAAAAAAA', 0],
  ['AAAAAAAB', 1],
  ['________', 2 ** 48 - 1],
])('%s is packed', (id, packed) => {
  expect(packReplicaId(id)).toBe(packed);
  expect(unpackReplicaId(packed)).toBe(id);
  expect(bytesOf(id)).toHaveLength(7);
});

test.each(['a', 'AAAAAAA', 'AAAAAAAAA', 'AAAA AAA', '__proto__', 'éAAAAAAA', '🙂'.repeat(16)])(
  '%j is written as text',
  (id) => {
    expect(packReplicaId(id)).toBe(-1);
    expect(readReplicaId(new ByteReader(bytesOf(id)))).toBe(id);
  },
);

test('every packed id comes back', () => {
  fc.assert(
    fc.property(fc.nat(0xff_ffff), fc.nat(0xff_ffff), (high, low) => {
      const id = unpackReplicaId(high * 2 ** 24 + low);
      expect(readReplicaId(new ByteReader(bytesOf(id)))).toBe(id);
    }),
  );
});

test.each([
  ['a longer form of an id that can be packed', [8, 65, 65, 65, 65, 65, 65, 65, 65]],
  ['an id of 65 bytes', [65, ...new Array<number>(65).fill(65)]],
  ['an id cut short', [3, 65]],
  ['an id that is no UTF-8', [1, 0xc3]],
])('refuses %s', (_, bytes) => {
  expect(() => readReplicaId(new ByteReader(Uint8Array.from(bytes)))).toThrow(CorruptBytesError);
});
