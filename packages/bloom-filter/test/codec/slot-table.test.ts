import { DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { bytesOfSlots, slotsOf, type SlotTable } from '../../src/codec/slot-table.ts';

test('slots are little-endian bytes', () => {
  expect([...bytesOfSlots(Uint8Array.of(1, 255))]).toEqual([1, 255]);
  expect([...bytesOfSlots(Uint16Array.of(1, 0xfffe))]).toEqual([1, 0, 0xfe, 0xff]);
  expect([...bytesOfSlots(Int32Array.of(1, -2))]).toEqual([1, 0, 0, 0, 254, 255, 255, 255]);
});

test.each<[8 | 16 | 32, SlotTable]>([
  [8, Uint8Array.of(7, 0, 200)],
  [16, Uint16Array.of(7, 0, 60_000)],
  [32, Int32Array.of(7, 0, -1)],
])('slots of %d bits are read at any offset, into memory of their own', (bits, slots) => {
  const bytes = bytesOfSlots(slots);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const read = slotsOf(shifted.subarray(1), 3, bits);
  shifted.fill(9);

  expect(read).toEqual(slots);
});

test('slots are refused in another number than was said', () => {
  for (const count of [1, 3, 2 ** 40]) {
    expect(() => slotsOf(new Uint8Array(8), count, 32)).toThrow(DecodeError);
  }
});
