/**
 * What a binary codec is made of: bounded reading, canonical writing, a checksum, cheap
 * copies.
 *
 * @packageDocumentation
 */
export { ByteReader } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export { type Codec, DecodeError } from './codec.ts';
export { crc32c } from './crc32c.ts';
export { pooledCopy } from './pooled-copy.ts';
