import { DecodeError } from '@quorate/transport/codec';

/** A table of fingerprints of 8, 16 or 32 bits. */
export type SlotTable = Uint8Array | Uint16Array | Int32Array;

/** `slots` as bytes, little-endian on every machine. */
export function bytesOfSlots(slots: SlotTable): Uint8Array {
  if (slots instanceof Uint8Array) return slots;
  const width = slots.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(width * slots.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < slots.length; at += 1) {
    const slot = slots[at] ?? 0;
    if (width === 2) view.setUint16(2 * at, slot, true);
    else view.setInt32(4 * at, slot, true);
  }
  return bytes;
}

/**
 * The slots in `bytes`, wherever they begin. A copy.
 *
 * @throws DecodeError if there are not exactly `count` of them.
 */
export function slotsOf(bytes: Uint8Array, count: number, bits: 8 | 16 | 32): SlotTable {
  const sizeBytes = (bits / 8) * count;
  if (bytes.length !== sizeBytes) {
    throw new DecodeError(`body: expected ${sizeBytes} bytes, got ${bytes.length}`);
  }
  if (bits === 8) return bytes.slice();
  const slots = bits === 16 ? new Uint16Array(count) : new Int32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < count; at += 1) {
    slots[at] = bits === 16 ? view.getUint16(2 * at, true) : view.getInt32(4 * at, true);
  }
  return slots;
}
