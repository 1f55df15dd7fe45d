/*
 * One of the two places of a file that hold a bound:
 *
 *     | magic 'QRHB' | version u8 | sequence u64 | bound u64 | crc-32c of all before, u32 |
 */
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

/** How many bytes a slot takes. */
export const SLOT_SIZE_BYTES = 25;

const MAGIC = 0x5152_4842;
const VERSION = 1;

/** What a slot holds. */
export interface BoundSlot {
  /** How often a bound was written before; of two, the higher one counts. */
  readonly sequence: number;
  /** Every timestamp that was given has a smaller `wallMs`. */
  readonly boundMs: number;
}

/** @throws RangeError if a field is no integer in 0..2^53-1. */
export function encodeSlot({ sequence, boundMs }: BoundSlot): Uint8Array {
  const writer = new ByteWriter(SLOT_SIZE_BYTES);
  writer.u32(MAGIC);
  writer.u8(VERSION);
  writer.u64(sequence);
  writer.u64(boundMs);
  writer.u32(crc32c(writer.view()));
  return writer.finish();
}

/**
 * What `bytes` hold; `undefined` if that is no slot, or only half of one.
 *
 * @throws DecodeError if it is one of a later version: to take it for damage would lose it.
 */
export function decodeSlot(bytes: Uint8Array): BoundSlot | undefined {
  if (bytes.length !== SLOT_SIZE_BYTES) return undefined;
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) return undefined;
  const version = reader.u8();
  const content = new ByteReader(bytes, 5);
  try {
    const slot = { sequence: content.u64(), boundMs: content.u64() };
    if (content.u32() !== crc32c(bytes, 0, SLOT_SIZE_BYTES - 4)) return undefined;
    if (version === VERSION) return slot;
  } catch {
    // Numbers above 2^53-1, which nobody wrote.
    return undefined;
  }
  throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
}
