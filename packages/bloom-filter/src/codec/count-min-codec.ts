import { DecodeError } from '@quorate/transport/codec';

import { CELL_COUNT_MAX, CountMin } from '../sketches/count-min.ts';
import { bytesOfWords, encodeFilter, madeOf, openFilter, wordsOf } from './filter-format.ts';

/** `sketch` as bytes, checksum, hash function and seed included; its counters and some 30 bytes. */
export function encodeCountMin(sketch: CountMin): Uint8Array {
  const { counters } = sketch;
  const words = new Int32Array(counters.buffer, counters.byteOffset, counters.length);
  return encodeFilter({
    kind: sketch.kind,
    hasher: sketch.hasher,
    parameters: (writer) => {
      writer.varint(sketch.width);
      writer.varint(sketch.depth);
      writer.varint(sketch.totalCount);
    },
    body: [bytesOfWords(words)],
  });
}

/**
 * The sketch that `encodeCountMin` wrote: it counts on, and can be added to others.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else, or the counters contradict the total; nothing was
 *   allocated for what they claim.
 */
export function decodeCountMin(bytes: Uint8Array): CountMin {
  const { hasher, parameters, body } = openFilter(bytes, 'count-min');
  const width = parameters.varint();
  const depth = parameters.varint();
  const totalCount = parameters.varint();
  parameters.expectEnd();
  if (width * depth > CELL_COUNT_MAX) {
    throw new DecodeError(`width: expected at most 2^30 counters in all, got ${width * depth}`);
  }
  const counters = new Uint32Array(wordsOf(body, width * depth).buffer);
  const counted = { counters, totalCount };
  return madeOf(() => new CountMin({ width, depth, counted, hasher }));
}
