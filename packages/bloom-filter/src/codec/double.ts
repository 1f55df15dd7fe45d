import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

/** Writes a number as the eight bytes of IEEE 754, the sign first. */
export function writeDouble(writer: ByteWriter, value: number): void {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  writer.bytes(bytes);
}

/**
 * Reads what `writeDouble` wrote; any eight bytes are a number, or NaN.
 *
 * @throws DecodeError if fewer are left.
 */
export function readDouble(reader: ByteReader): number {
  const bytes = reader.bytes(8);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
}
