import type { KeyHasher } from '@quorate/hash';
import { DecodeError, type ByteReader, type ByteWriter } from '@quorate/transport/codec';

import { BloomFilter } from '../bloom.ts';
import type { BloomShape } from '../sizing.ts';
import { checkBloomShape } from './bloom-codec.ts';
import { wordsOf } from './filter-format.ts';

/** Writes the shapes of several classic filters, at most 255, whose tables are in the body. */
export function writeShapes(writer: ByteWriter, layers: readonly BloomShape[]): void {
  writer.u8(layers.length);
  for (const { bitCount, hashCount } of layers) {
    writer.varint(bitCount);
    writer.varint(hashCount);
  }
}

/**
 * Reads what `writeShapes` wrote.
 *
 * @throws DecodeError if a shape is none.
 */
export function readShapes(reader: ByteReader): BloomShape[] {
  return Array.from({ length: reader.u8() }, () => {
    const shape = { bitCount: reader.varint(), hashCount: reader.varint() };
    checkBloomShape(shape);
    return shape;
  });
}

/**
 * The filters of these shapes, whose tables follow each other in `body`. Copies.
 *
 * @throws DecodeError if their sizes do not add up to that of the body; nothing was allocated.
 */
export function layersOf(
  body: Uint8Array,
  shapes: readonly BloomShape[],
  hasher: KeyHasher,
): BloomFilter[] {
  const sizeBytes = shapes.reduce((sum, { bitCount }) => sum + bitCount / 8, 0);
  if (body.length !== sizeBytes) {
    throw new DecodeError(`body: expected ${sizeBytes} bytes, got ${body.length}`);
  }
  let start = 0;
  return shapes.map(({ bitCount, hashCount }) => {
    const end = start + bitCount / 8;
    const words = wordsOf(body.subarray(start, end), bitCount / 32);
    start = end;
    return new BloomFilter({ words, hashCount, hasher });
  });
}
