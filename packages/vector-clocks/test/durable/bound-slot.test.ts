import { crc32c, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeSlot, encodeSlot, SLOT_SIZE_BYTES } from '../../src/durable/bound-slot.ts';

const slot = fc.record({ sequence: fc.maxSafeNat(), boundMs: fc.maxSafeNat() });

test('a slot brings back what was written into it', () => {
  fc.assert(
    fc.property(slot, (one) => {
      const bytes = encodeSlot(one);
      expect(bytes).toHaveLength(SLOT_SIZE_BYTES);
      expect(decodeSlot(bytes)).toEqual(one);
    }),
  );
});

test('a slot with any bits of a byte flipped is none', () => {
  const flip = fc.tuple(slot, fc.nat(SLOT_SIZE_BYTES - 1), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(flip, ([one, at, mask]) => {
      const bytes = encodeSlot(one);
      bytes[at]! ^= mask;
      expect(decodeSlot(bytes)).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test('half a slot, zeros and anything else are none', () => {
  const bytes = encodeSlot({ sequence: 1, boundMs: 2 });
  for (let length = 0; length < SLOT_SIZE_BYTES; length += 1) {
    expect(decodeSlot(bytes.subarray(0, length))).toBeUndefined();
  }
  expect(decodeSlot(new Uint8Array(SLOT_SIZE_BYTES))).toBeUndefined();
  expect(decodeSlot(new Uint8Array(SLOT_SIZE_BYTES).fill(255))).toBeUndefined();
});

test('a whole slot of a later version is no damage', () => {
  const bytes = encodeSlot({ sequence: 1, boundMs: 2 });
  bytes[4] = 2;
  const crc = crc32c(bytes, 0, SLOT_SIZE_BYTES - 4);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(SLOT_SIZE_BYTES - 4, crc);
  expect(() => decodeSlot(bytes)).toThrow(new DecodeError('version: expected 1, got 2'));
});
