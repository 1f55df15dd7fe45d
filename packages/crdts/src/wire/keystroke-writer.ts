/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below the length of what was just measured; this runs once for each keystroke. */

/*
 * One run of typing or deleting as bytes: the update of a keystroke, 12 to 14 bytes long.
 *
 * A batch would spend a byte on each of its columns. Here one byte of flags says what follows:
 *
 *   bit 7     1: this form; a batch begins with its version instead
 *   bit 6, 5  kind: 0 insert, 1 delete, 2 delete backward
 *   bit 4     the id is packed: 6 bytes; else its length and its text
 *   bit 3     the position is not where this replica's previous event left the cursor: a distance
 *   bit 2     of a deletion: a count follows, since it is not 1
 *   bit 1     parents follow; else it is the replica's previous event alone, or none at sequence 0
 *   bit 0     a container follows; else the one of the replica's previous event, or that it made,
 * or the root
 *
 *   flags · id · sequence · parents? · container? · count? · distance? · text · checksum
 *
 * The text of an insertion is whatever is left, as UTF-8. Positions are guessed from the replica's
 * own previous event, which each of its events descends from, so that both sides know it.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE_BACKWARD, TEXT_INSERT, TRIMMED } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';

import { ByteWriter } from './byte-writer.ts';
import { crc32cStep } from './crc32c.ts';
import { opensContainer } from './operation-rows.ts';
import { packReplicaId, writeReplicaId } from './replica-id-codec.ts';
import { seal } from './seal.ts';

/** Bits of the first byte. */
export const IS_KEYSTROKE = 128;
/** Bits that the kind is shifted by, after 1 was taken off. */
export const KIND_SHIFT = 5;
/** The id is packed. */
export const IS_PACKED = 16;
/** A distance follows. */
export const IS_DISTANT = 8;
/** A count follows. */
export const HAS_DELETE_COUNT = 4;
/** Parents follow. */
export const HAS_PARENTS = 2;
/** A container follows. */
export const HAS_CONTAINER = 1;

/** How an event is named: not one of this replica, one of it, or none, for the root. */
export const NAMES_OTHER = 0;
/** One of the same replica. */
export const NAMES_OWN = 1;
/** None: the root. */
export const NAMES_ROOT = 2;

const encoder = new TextEncoder();

/** The container that an event made, if it made one, else that of its operation. */
export function containerOf(log: OperationLog, lv: number): number {
  if (lv < 0) return ROOT;
  const run = log.runAt(lv);
  return opensContainer(log.kind(run), log.a(run)) ? lv : log.container(run);
}

/** Where an event left the cursor: 0 if there is none, or if it is not of a text. */
export function cursorOf(log: OperationLog, lv: number): number {
  return lv < 0 ? 0 : log.cursorAfter(log.runAt(lv), lv);
}

/** Whether what an event did was trimmed: then it is only known where the last one of these was. */
export function isTrimmed(log: OperationLog, lv: number): boolean {
  return lv >= 0 && lv < log.eventCount && log.kind(log.runAt(lv)) === TRIMMED;
}

/** How many of `count` events of a replica are trimmed; they are the first ones. */
export function trimmedCountOf(
  graph: CausalGraph,
  log: OperationLog,
  replica: number,
  sequence: number,
  count: number,
): number {
  let trimmed = 0;
  while (trimmed < count && isTrimmed(log, graph.lvOf(replica, sequence + trimmed))) trimmed += 1;
  return trimmed;
}

/** Writes updates of one run. */
export class KeystrokeWriter {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  #bytes = new Uint8Array(256);
  #size = 0;
  /** The replica whose id is at hand, and its id packed as two halves, or as text. */
  #replica = -1;
  #high = -1;
  #low = 0;
  /** The event after the last one written, if that one was of the same replica; what it left. */
  #nextLv = -1;
  #nextSequence = 0;
  #cursor = 0;
  #container = ROOT;

  constructor(graph: CausalGraph, log: OperationLog) {
    this.#graph = graph;
    this.#log = log;
  }

  /** The update of the events from `from` to before `to`; undefined if they are no single run. */
  write(from: number, to: number): Uint8Array | undefined {
    const graph = this.#graph;
    const log = this.#log;
    const run = log.runAt(from);
    const kind = log.kind(run);
    if (kind > TEXT_DELETE_BACKWARD || to > log.end(run)) return undefined;
    const count = to - from;
    if (count > 1) this.#reserve(256 + 3 * count);
    let flags = IS_KEYSTROKE | ((kind - 1) << KIND_SHIFT);
    // Someone who types writes one event after the other: then nothing has to be looked up, and
    // the id is still where it was written the last time.
    if (from === this.#nextLv && from > graph.lastStart) {
      flags |= IS_PACKED;
      this.#size = 7;
      this.#varint(this.#nextSequence);
    } else {
      const events = graph.runAt(from);
      if (to > graph.runEnd(events)) return undefined;
      this.#seek(from, events);
      flags |= this.#writeAuthor(graph.runReplica(events));
      this.#varint(this.#nextSequence);
      flags |= this.#writeParents(from, events);
    }
    const container = log.container(run);
    if (container !== this.#container) {
      flags |= HAS_CONTAINER;
      this.#writeEvent(container);
      this.#container = container;
    }
    if (kind !== TEXT_INSERT && count > 1) {
      flags |= HAS_DELETE_COUNT;
      this.#varint(count);
    }
    const position = log.aOf(run, from);
    const distance = position - this.#cursor;
    if (distance !== 0) {
      flags |= IS_DISTANT;
      this.#varint(distance < 0 ? -2 * distance - 1 : 2 * distance);
    }
    if (kind === TEXT_INSERT) this.#writeText(log.b(run) + from - log.start(run), count);
    this.#bytes[0] = flags;
    this.#nextLv = (flags & IS_PACKED) === 0 ? -1 : to;
    this.#nextSequence += count;
    this.#cursor = log.cursorAfter(run, to - 1);
    return this.#sealed();
  }

  /** Looks up what the replica's event before `from` left. */
  #seek(from: number, events: number): void {
    const graph = this.#graph;
    const sequence = graph.runSequence(events) + from - graph.runStart(events);
    const previous = graph.lvOf(graph.runReplica(events), sequence - 1);
    this.#nextSequence = sequence;
    this.#cursor = cursorOf(this.#log, previous);
    this.#container = containerOf(this.#log, previous);
  }

  #writeAuthor(replica: number): number {
    this.#size = 1;
    if (this.#replica !== replica) {
      const packed = packReplicaId(this.#graph.replicaId(replica));
      this.#replica = replica;
      this.#high = Math.floor(packed / 0x100_0000);
      this.#low = packed % 0x100_0000;
    }
    if (this.#high < 0) {
      this.#writeId(this.#graph.replicaId(replica));
      return 0;
    }
    const bytes = this.#bytes;
    const high = this.#high;
    const low = this.#low;
    bytes[1] = high >>> 16;
    bytes[2] = high >>> 8;
    bytes[3] = high;
    bytes[4] = low >>> 16;
    bytes[5] = low >>> 8;
    bytes[6] = low;
    this.#size = 7;
    return IS_PACKED;
  }

  #writeParents(from: number, events: number): number {
    const graph = this.#graph;
    if (from > graph.runStart(events)) return 0;
    const parents = graph.runParents(events);
    const previous = graph.lvOf(graph.runReplica(events), this.#nextSequence - 1);
    if (parents.length < 2 && (parents[0] ?? -1) === previous) return 0;
    this.#varint(parents.length);
    this.#reserve(this.#size + 80 * parents.length + 128 + this.#bytes.length);
    for (const parent of parents) this.#writeEvent(parent);
    return HAS_PARENTS;
  }

  #writeEvent(lv: number): void {
    if (lv < 0) {
      this.#bytes[this.#size++] = NAMES_ROOT;
      return;
    }
    const replica = this.#graph.replicaOf(lv);
    this.#bytes[this.#size++] = replica === this.#replica ? NAMES_OWN : NAMES_OTHER;
    if (replica !== this.#replica) this.#writeId(this.#graph.replicaId(replica));
    this.#varint(this.#graph.sequenceOf(lv));
  }

  #writeId(id: ReplicaId): void {
    const writer = new ByteWriter();
    writeReplicaId(writer, id);
    this.#bytes.set(writer.view(), this.#size);
    this.#size += writer.sizeBytes;
  }

  #writeText(offset: number, count: number): void {
    const unit = this.#log.text.unitAt(offset);
    if (count === 1 && unit < 0x80) {
      this.#bytes[this.#size++] = unit;
      return;
    }
    const text = this.#log.text.slice(offset, count);
    this.#size += encoder.encodeInto(text, this.#bytes.subarray(this.#size)).written;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#size++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#size++] = rest;
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#bytes.length) return;
    const grown = new Uint8Array(sizeBytes);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  /** Copied by hand and summed on the way: calls would take longer than so few bytes. */
  #sealed(): Uint8Array {
    const size = this.#size;
    const bytes = this.#bytes;
    if (size >= 62) {
      const sealed = seal(bytes.subarray(0, size));
      if (bytes.length > 4_096) {
        this.#bytes = new Uint8Array(256);
        this.#nextLv = -1;
      }
      return sealed;
    }
    const sealed = new Uint8Array(size + 2);
    let crc = -1;
    for (let at = 0; at < size; at += 1) {
      const byte = bytes[at]!;
      sealed[at] = byte;
      crc = crc32cStep(crc, byte);
    }
    sealed[size] = ~crc;
    sealed[size + 1] = ~crc >>> 8;
    return sealed;
  }
}
