import { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { PrunedClock } from '../pruning.ts';
import type { VectorClock } from '../vector-clock.ts';
import { readClock, writeClock } from './clock-fields.ts';
import { readHead, writeHead } from './head.ts';

/** `pruned` as bytes: its epoch and its clock. */
export function encodePrunedClock({ epoch, clock }: PrunedClock): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'pruned clock');
  writer.varint(epoch);
  writeClock(writer, clock);
  return writer.finish();
}

/**
 * The clock and its epoch in `bytes`.
 *
 * @param near - A clock that is likely to have the same ids, which the result then shares.
 * @throws DecodeError if they are anything else, in time and memory of their length.
 */
export function decodePrunedClock(bytes: Uint8Array, near?: VectorClock): PrunedClock {
  const reader = new ByteReader(bytes);
  readHead(reader, 'pruned clock');
  const epoch = reader.varint();
  const clock = readClock(reader, near);
  reader.expectEnd();
  return { epoch, clock };
}
