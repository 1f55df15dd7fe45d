/*
 * A vector clock as a part of a message:
 *
 *   count     a varint
 *   entries   by ascending ids: the id, with its length in front, and its counter, a varint
 *
 * One clock has one encoding: ids rise, each comes once, and no counter is 0.
 */
import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { ReplicaId } from '../replica-id.ts';
import { VectorClock } from '../vector-clock.ts';
import { ID_BYTES_MIN, readNextId, readPositive } from './id-fields.ts';

/** Writes `clock`: some 3 bytes and the text of the id for each entry. */
export function writeClock(writer: ByteWriter, clock: VectorClock): void {
  writer.varint(clock.size);
  for (let at = 0; at < clock.ids.length; at += 1) {
    const counter = clock.counters[at] ?? 0;
    if (counter === 0) continue;
    writer.string(clock.ids[at] ?? '');
    writer.varint(counter);
  }
}

/**
 * Reads what `writeClock` wrote.
 *
 * @param near - A clock that is likely to have the same ids. If it has, the result shares them, and
 *   is compared with it by numbers alone; if not, nothing is lost.
 * @throws DecodeError if it is no clock, before anything is allocated for entries that are not
 * there.
 */
export function readClock(reader: ByteReader, near: VectorClock = VectorClock.empty): VectorClock {
  const count = reader.count(ID_BYTES_MIN + 1);
  const ids: ReplicaId[] = [];
  const counters: number[] = [];
  let previous: ReplicaId | undefined;
  let sameCount = 0;
  for (let at = 0; at < count; at += 1) {
    const id = readNextId(reader, previous);
    const known = near.ids[at];
    if (known === id) sameCount += 1;
    ids.push(known === id ? known : id);
    counters.push(readPositive(reader, 'counter'));
    previous = id;
  }
  const hasSameIds = sameCount === count && count === near.ids.length;
  return new VectorClock(hasSameIds ? near.ids : ids, counters);
}
