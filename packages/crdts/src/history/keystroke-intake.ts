/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below the length, which is checked first; this runs once for each keystroke. */

/*
 * Takes in what nearly every update is: the next keystroke of somebody who is known, with its past
 * here. Reading it into an object that says what it is, and then doing that, would be the obvious
 * way, and is what happens to everything else. But a keystroke is a dozen bytes, and most of the
 * time goes into what surrounds them. So one function goes through the bytes once and appends to
 * graph and log. It is long and flat on purpose: cut into small methods, a compiler builds each of
 * them, and each again within whoever calls it, and that takes longer than reading a whole paper.
 *
 * Whatever is not as expected, `take` leaves alone, damaged or not, before anything has changed:
 * then the general way reads it again and says what is wrong. The layout is in edit-writer.
 */

import { type CausalGraph, EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';
import { corrupt } from '../wire/byte-reader.ts';
import {
  HAS_COUNT,
  HAS_PARENTS,
  IS_DISTANT,
  IS_PACKED,
  IS_SHORT,
  KIND_SHIFT,
} from '../wire/edit-writer.ts';
import { containerOf } from '../wire/operation-rows.ts';
import { unpackReplicaId } from '../wire/replica-id-codec.ts';
import { hasShortChecksum } from '../wire/seal.ts';

const USUAL_FORM = IS_SHORT | IS_PACKED;
const FORM = USUAL_FORM | 1;
/** The code of the first other replica that is named, whose id follows: see replica-table.ts. */
const FIRST_OTHER = 5;
const POSITION_MAX = 2 ** 30;

/** Appends keystrokes to a graph and a log. */
export class KeystrokeIntake {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #ownReplicaId: ReplicaId | undefined;
  /** The author of the last keystroke: the halves of its packed id, and its number. */
  #high = -1;
  #low = -1;
  #author = -1;
  /** Numbers of replicas by their packed ids, as far as they were looked up. */
  readonly #replicas = new Map<number, number>();
  readonly #parents: number[] = [];
  #bytes: Uint8Array;
  #at = 0;

  /** @param ownReplicaId - Whose events never come from elsewhere. */
  constructor(graph: CausalGraph, log: OperationLog, ownReplicaId: ReplicaId | undefined) {
    this.#graph = graph;
    this.#log = log;
    this.#ownReplicaId = ownReplicaId;
    this.#bytes = new Uint8Array(0);
  }

  /**
   * Appends the keystroke in `bytes` to graph and log; false if they are anything else, or if it
   * is not the next one of its author, or its past is not here.
   *
   * @param trimmedCount - What the events before this one did is not here any more.
   * @throws CorruptBytesError if its position is none; nothing has changed then.
   */
  take(bytes: Uint8Array, trimmedCount: number): boolean {
    const size = bytes.length;
    const flags = size < 10 || size >= 64 ? 0 : bytes[0]!;
    if ((flags & FORM) !== USUAL_FORM || !hasShortChecksum(bytes)) return false;

    const high = (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
    const low = (bytes[4]! << 16) | (bytes[5]! << 8) | bytes[6]!;
    if ((high !== this.#high || low !== this.#low) && !this.#isAuthor(high, low)) return false;
    const graph = this.#graph;
    const log = this.#log;
    const author = this.#author;
    this.#bytes = bytes;
    this.#at = 7;
    const sequence = this.#varint();
    if (sequence <= 0 || sequence !== graph.nextSequence(author)) return false;
    const lv = graph.eventCount;
    const previous = author === graph.lastReplica ? lv - 1 : graph.lvOf(author, sequence - 1);
    if (previous < 0 || previous < trimmedCount - 1) return false;
    const hasParents = (flags & HAS_PARENTS) !== 0;
    if (hasParents && !this.#readParents(previous, sequence, trimmedCount)) return false;

    const kind = ((flags >>> KIND_SHIFT) & 3) + 1;
    let count = 1;
    if ((flags & HAS_COUNT) !== 0) {
      count = this.#varint();
      if (count < 2) return false;
    }
    let distance = 0;
    if ((flags & IS_DISTANT) !== 0) {
      const code = this.#varint();
      if (code <= 0) return false;
      distance = (code >>> 1) ^ -(code & 1);
    }
    const textStart = this.#at;
    const end = kind === TEXT_INSERT ? textStart + count : textStart;
    if (end !== size - 2 || kind > TEXT_DELETE_BACKWARD) return false;
    // One character is what nearly all are: what goes through more of them need not be compiled.
    const unit = bytes[textStart]!;
    const isPlain = count === 1 ? unit < 0x80 : isAscii(bytes, textStart, end);
    if (kind === TEXT_INSERT && !isPlain) return false;
    if (lv + count > EVENT_COUNT_MAX) return false;

    // Mostly the latest event is of the same author, who goes on with the same key.
    const isHere = previous === lv - 1 && log.lastKind <= TEXT_DELETE_BACKWARD;
    const cursor = isHere ? log.cursor : log.cursorAfter(log.runAt(previous), previous);
    const position = cursor + distance;
    const lowest = kind > TEXT_DELETE ? position - count + 1 : position;
    if (lowest < 0 || position > POSITION_MAX) throw corrupt('a position', lowest);
    const isNext =
      isHere && kind === log.lastKind && distance === (kind === TEXT_DELETE_BACKWARD ? -1 : 0);
    const container = isHere ? log.lastContainer : containerOf(log, previous);
    if (!hasParents && graph.goOn(author, count)) {
      if (isNext) {
        log.eventCount = lv + count;
        if (kind === TEXT_INSERT && count === 1) log.text.appendUnit(unit);
        else if (kind === TEXT_INSERT) log.text.appendLatin1(bytes, textStart, end);
        if (kind !== TEXT_DELETE) log.cursor = kind === TEXT_INSERT ? position + count : lowest;
        return true;
      }
    } else if (hasParents) graph.append(author, sequence, count, this.#parents);
    else graph.appendAfter(author, sequence, count, previous);
    if (kind === TEXT_INSERT) {
      log.appendInsert(container, position, count, log.text.appendLatin1(bytes, textStart, end));
    } else if (kind === TEXT_DELETE) log.appendDelete(container, position, count);
    else log.appendDeleteBackward(container, position, count);
    return true;
  }

  /** Makes the replica with this packed id the author, unless it is not known, or our own. */
  #isAuthor(high: number, low: number): boolean {
    const author = this.#replicaOf(high, low);
    if (author < 0 || this.#graph.replicaId(author) === this.#ownReplicaId) return false;
    this.#high = high;
    this.#low = low;
    this.#author = author;
    return true;
  }

  #replicaOf(high: number, low: number): number {
    const packed = high * 0x100_0000 + low;
    let replica = this.#replicas.get(packed);
    if (replica === undefined) {
      replica = this.#graph.indexOfReplica(unpackReplicaId(packed));
      if (replica >= 0) this.#replicas.set(packed, replica);
    }
    return replica;
  }

  /** Reads one or two parents, one of which has the author's previous event in its past. */
  #readParents(previous: number, sequence: number, trimmedCount: number): boolean {
    const bytes = this.#bytes;
    const graph = this.#graph;
    const parents = this.#parents;
    const count = this.#varint();
    if (count < 1 || count > 2) return false;
    let isOwnNamed = false;
    parents.length = 0;
    for (let parent = 0; parent < count; parent += 1) {
      const name = this.#varint();
      const at = this.#at;
      let replica = this.#author;
      let parentSequence = sequence - name / 2;
      if (name === FIRST_OTHER) {
        if (bytes[at] !== 0 || at + 7 > bytes.length) return false;
        const high = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        const low = (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!;
        replica = this.#replicaOf(high, low);
        this.#at = at + 7;
        parentSequence = this.#varint();
        if (replica === this.#author) return false;
      } else if (name < 2 || name % 2 === 1 || isOwnNamed) return false;
      // Of two of its own, one says it all.
      else isOwnNamed = true;
      const lv = graph.lvOf(replica, parentSequence);
      if (lv < 0 || lv < trimmedCount) return false;
      parents.push(lv);
    }
    // What could have been left out must be: the general way decides.
    if (count === 1 && parents[0] === previous) return false;
    return parents.includes(previous) || graph.contains(parents, previous);
  }

  /** A number below 2^28 in its shortest form, or -1. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let shift = 7;
    do {
      byte = bytes[this.#at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
      // In this order, a compiler has seen all of it after the first number of two bytes.
    } while (shift < 28 && byte >= 0x80);
    return byte === 0 || byte >= 0x80 ? -1 : value;
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at]! >= 0x80) return false;
  return true;
}
