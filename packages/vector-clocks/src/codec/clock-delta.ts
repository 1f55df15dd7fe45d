/*
 * A clock as what it has more than another one, its base, which both sides know: the last one that
 * the receiver has confirmed, say. Between two messages few numbers rise, and by little, so that
 * two bytes do for each instead of an id and a counter.
 *
 *   head        2 bytes
 *   base        CRC-32C of the bytes of the base, 4 bytes
 *   count       how many entries of the base rose, a varint
 *   risen       by ascending places: how many entries were left out since the last one, and by how
 *               much it rose, at least 1; two varints
 *   others      entries that the base has not, as a clock of their own
 *
 * A delta that meets another base gives a clock that is wrong and looks right. Hence the checksum:
 * it finds mistakes, not lies. It is kept with the base, so that it is computed once.
 */
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import { COUNTER_MAX } from '../counter.ts';
import type { ReplicaId } from '../replica-id.ts';
import { compare, merge, VectorClock } from '../vector-clock.ts';
import { encodeVectorClock } from './clock-codec.ts';
import { readClock, writeClock } from './clock-fields.ts';
import { readHead, writeHead } from './head.ts';
import { readPositive } from './id-fields.ts';

/**
 * What `clock` has more than `base`, as bytes.
 *
 * @throws RangeError if `base` has something that `clock` has not.
 *
 * @example
 * ```ts
 * import { increment, VectorClock } from '@quorate/vector-clocks';
 * import { decodeVectorClockDelta, encodeVectorClockDelta } from '@quorate/vector-clocks/codec';
 *
 * const base = VectorClock.of([['node-1', 5000], ['node-2', 7000]]);
 * const delta = encodeVectorClockDelta(base, increment(base, 'node-2'));
 * delta.length; // => 10
 * decodeVectorClockDelta(base, delta).get('node-2'); // => 7001
 * ```
 */
export function encodeVectorClockDelta(base: VectorClock, clock: VectorClock): Uint8Array {
  const ordering = compare(base, clock);
  if (ordering !== 'before' && ordering !== 'equal') {
    throw new RangeError(`base: expected one before the clock or equal to it, got one ${ordering}`);
  }
  const writer = new ByteWriter();
  writeHead(writer, 'vector clock delta');
  writer.u32(fingerprintOf(base));
  const { risen, others } = differences(base, clock);
  writer.varint(risen.length);
  let next = 0;
  for (const [place, rise] of risen) {
    writer.varint(place - next);
    writer.varint(rise);
    next = place + 1;
  }
  writeClock(writer, others);
  return writer.finish();
}

/**
 * The clock whose delta to `base` is in `bytes`. It shares the ids of `base` if it has no others.
 *
 * @throws DecodeError if they are no delta, or one to another base, in time and memory of the
 *   length of both.
 */
export function decodeVectorClockDelta(base: VectorClock, bytes: Uint8Array): VectorClock {
  const reader = new ByteReader(bytes);
  readHead(reader, 'vector clock delta');
  if (reader.u32() !== fingerprintOf(base)) {
    throw new DecodeError('base: expected the one that the delta was made of, got another');
  }
  const risen = readRisen(reader, base);
  const others = readClock(reader);
  reader.expectEnd();
  if (others.ids.some((id) => base.get(id) > 0)) {
    throw new DecodeError('others: expected ids that the base has not, got one that it has');
  }
  return others.size === 0 ? risen : merge(risen, others);
}

/** What a clock has more than its base. */
interface Differences {
  /** The places, among the entries of the base, of those that rose, and by how much. */
  readonly risen: (readonly [place: number, rise: number])[];
  /** The entries that the base has not. */
  readonly others: VectorClock;
}

/** One walk over both. Whatever `base` has, `clock` has. */
function differences(base: VectorClock, clock: VectorClock): Differences {
  const risen: (readonly [number, number])[] = [];
  const ids: ReplicaId[] = [];
  const counters: number[] = [];
  let at = 0;
  let place = 0;
  clock.ids.forEach((id, index) => {
    const counter = clock.counters[index] ?? 0;
    // What is skipped is 0 in the base, and no entry of it.
    while (at < base.ids.length && (base.ids[at] ?? '') < id) at += 1;
    const known = base.ids[at] === id ? (base.counters[at] ?? 0) : 0;
    if (known > 0) {
      if (counter > known) risen.push([place, counter - known]);
      place += 1;
    } else {
      ids.push(id);
      counters.push(counter);
    }
  });
  return { risen, others: new VectorClock(ids, counters) };
}

function readRisen(reader: ByteReader, base: VectorClock): VectorClock {
  const counters = base.counters.slice();
  const places = counters.flatMap((counter, at) => (counter > 0 ? [at] : []));
  const count = reader.count(2);
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const place = next + reader.varint();
    const rise = readPositive(reader, 'rise');
    const at = places[place];
    if (at === undefined) throw new DecodeError('place: expected one in the base, got one past it');
    const counter = (counters[at] ?? 0) + rise;
    if (counter > COUNTER_MAX) throw new DecodeError('counter: expected at most 2^53-1, got more');
    counters[at] = counter;
    next = place + 1;
  }
  return new VectorClock(base.ids, counters);
}

const fingerprints = new WeakMap<VectorClock, number>();

function fingerprintOf(clock: VectorClock): number {
  const known = fingerprints.get(clock);
  if (known !== undefined) return known;
  const bytes = encodeVectorClock(clock);
  const fingerprint = crc32c(bytes, 0, bytes.length);
  fingerprints.set(clock, fingerprint);
  return fingerprint;
}
