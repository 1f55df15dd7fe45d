import { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { VectorClock } from '../vector-clock.ts';
import { readClock, writeClock } from './clock-fields.ts';
import { readHead, writeHead } from './head.ts';

/**
 * `clock` as bytes: 3 of a head and its entries. Equal clocks give equal bytes.
 *
 * @example
 * ```ts
 * import { VectorClock } from '@quorate/vector-clocks';
 * import { decodeVectorClock, encodeVectorClock } from '@quorate/vector-clocks/codec';
 *
 * const bytes = encodeVectorClock(VectorClock.of([['a', 300]]));
 * Array.from(bytes); // => [1, 1, 1, 1, 97, 172, 2]
 * decodeVectorClock(bytes).get('a'); // => 300
 * ```
 */
export function encodeVectorClock(clock: VectorClock): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'vector clock');
  writeClock(writer, clock);
  return writer.finish();
}

/**
 * The clock in `bytes`.
 *
 * @param near - A clock that is likely to have the same ids, which the result then shares: they are
 *   compared by numbers alone. Best is the receiver's own.
 * @throws DecodeError if they are anything else, in time and memory of their length.
 */
export function decodeVectorClock(bytes: Uint8Array, near?: VectorClock): VectorClock {
  const reader = new ByteReader(bytes);
  readHead(reader, 'vector clock');
  const clock = readClock(reader, near);
  reader.expectEnd();
  return clock;
}
