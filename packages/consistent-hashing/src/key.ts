/** A string of bytes: UTF-8, bytes, or an unsigned integer of up to 64 bits, little-endian. */
export type Key =
  string | Uint8Array | number | bigint | { readonly high: number; readonly low: number };
