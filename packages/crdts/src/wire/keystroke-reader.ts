/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below the length, which is checked first; this runs once for each keystroke. */

/*
 * Reads what keystroke-writer wrote; the layout stands there. The form that nearly every keystroke
 * has is read without allocating anything; everything else is read in general.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';

import { ByteReader, corrupt, decodeText } from './byte-reader.ts';
import {
  type IncomingEvents,
  type IncomingOperation,
  type IncomingPiece,
  NO_REPLICA,
} from './incoming-operation.ts';
import {
  containerOf,
  cursorOf,
  HAS_CONTAINER,
  HAS_DELETE_COUNT,
  HAS_PARENTS,
  IS_DISTANT,
  IS_KEYSTROKE,
  IS_PACKED,
  isTrimmed,
  KIND_SHIFT,
  NAMES_OTHER,
  NAMES_OWN,
  NAMES_ROOT,
  trimmedCountOf,
} from './keystroke-writer.ts';
import { readPackedId, readReplicaId } from './replica-id-codec.ts';
import { hasShortChecksum } from './seal.ts';

const COUNT_MAX = 2 ** 29;
const SEQUENCE_MAX = 2 ** 31 - 2;

/** One keystroke of the usual form, in an object that is filled again and again. */
export class Keystroke {
  /** The two halves of the packed id of the author. */
  high = 0;
  low = 0;
  sequence = 0;
  kind = 0;
  /** Characters deleted; 1 if one was inserted. */
  count = 0;
  /** From where the author's previous event left the cursor. */
  distance = 0;
  /** The character inserted. */
  unit = 0;
  /** How many parents were named; -1 if the author's previous event is the only one. */
  parentCount = 0;
  /** Of each of them: the two halves of its packed id, the first -1 if it is the author's; and
   * its sequence. */
  readonly parents: number[] = [0, 0, 0, 0, 0, 0];
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Reads `bytes`; false if they have another form or are no update at all. */
  read(bytes: Uint8Array): boolean {
    const size = bytes.length;
    if (size < 10 || size >= 64) return false;
    const flags = bytes[0]!;
    const wanted = IS_KEYSTROKE | IS_PACKED;
    if ((flags & (wanted | HAS_CONTAINER)) !== wanted) return false;
    if (!hasShortChecksum(bytes)) return false;
    this.high = (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
    this.low = (bytes[4]! << 16) | (bytes[5]! << 8) | bytes[6]!;
    this.#bytes = bytes;
    this.#at = 7;
    const sequence = this.#varint();
    this.sequence = sequence;
    this.parentCount = -1;
    if ((flags & HAS_PARENTS) !== 0 && !this.#readParents(bytes)) return false;
    this.kind = ((flags >>> KIND_SHIFT) & 3) + 1;
    this.count = 1;
    if ((flags & HAS_DELETE_COUNT) !== 0) {
      this.count = this.#varint();
      if (this.count < 2 || this.kind === TEXT_INSERT) return false;
    }
    this.distance = 0;
    if ((flags & IS_DISTANT) !== 0) {
      const code = this.#varint();
      if (code <= 0) return false;
      this.distance = (code >>> 1) ^ -(code & 1);
    }
    if (sequence < 0 || this.count < 0) return false;
    return this.#readEnd(bytes, size - 2);
  }

  /** Reads one or two parents that are not just the author's previous event. */
  #readParents(bytes: Uint8Array): boolean {
    const count = this.#varint();
    if (count < 1 || count > 2) return false;
    const parents = this.parents;
    for (let parent = 0; parent < 3 * count; parent += 3) {
      const name = bytes[this.#at++]!;
      parents[parent] = -1;
      if (name === NAMES_OTHER) {
        const at = this.#at;
        if (bytes[at] !== 0 || at + 7 > bytes.length) return false;
        parents[parent] = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        parents[parent + 1] = (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!;
        this.#at = at + 7;
      } else if (name !== NAMES_OWN) return false;
      const sequence = this.#varint();
      if (sequence < 0) return false;
      parents[parent + 2] = sequence;
    }
    this.parentCount = count;
    // What could have been left out must be: the general way refuses it.
    return count > 1 || parents[0]! >= 0 || parents[2] !== this.sequence - 1;
  }

  #readEnd(bytes: Uint8Array, end: number): boolean {
    if (this.kind !== TEXT_INSERT) return this.#at === end && this.kind <= TEXT_DELETE_BACKWARD;
    if (this.#at !== end - 1) return false;
    this.unit = bytes[this.#at]!;
    return this.unit < 0x80;
  }

  /** A number below 2^28 in its shortest form, or -1: then the general way decides. */
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
    } while (byte >= 0x80 && shift < 28);
    return byte === 0 || byte >= 0x80 ? -1 : value;
  }
}

/** One run of typing or deleting, read in general. */
export class KeystrokeReader implements IncomingEvents {
  readonly replicas: readonly ReplicaId[];
  readonly pieces: readonly IncomingPiece[];
  readonly text: string;
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #kind: number;
  readonly #count: number;
  readonly #distance: number;
  /** Replica and sequence of the container, if it was said. */
  readonly #container: readonly number[] | undefined;

  /**
   * @param bytes - An update whose checksum is right, with its content up to `end`.
   * @param graph - With `log`, where the author's previous event will be looked for.
   */
  constructor(bytes: Uint8Array, end: number, graph: CausalGraph, log: OperationLog) {
    this.#graph = graph;
    this.#log = log;
    const reader = new ByteReader(bytes, 0, end);
    const flags = reader.u8();
    const kind = ((flags >>> KIND_SHIFT) & 3) + 1;
    if (kind > TEXT_DELETE_BACKWARD) throw corrupt('a kind', kind);
    this.#kind = kind;
    const isPacked = (flags & IS_PACKED) !== 0;
    const replicas = [isPacked ? readPackedId(reader) : readReplicaId(reader)];
    this.replicas = replicas;
    const sequence = reader.varint(SEQUENCE_MAX);
    let parents = sequence === 0 ? [] : [0, sequence - 1];
    if ((flags & HAS_PARENTS) !== 0) {
      const guessed = parents.length === 0 ? 0 : 1;
      parents = this.#readParents(reader, replicas);
      if (parents.length === 2 * guessed && (guessed === 0 || isOwn(parents, sequence - 1))) {
        throw corrupt('a guessed parent', 'a longer form');
      }
    }
    this.#container =
      (flags & HAS_CONTAINER) === 0 ? undefined : readEvent(reader, replicas, NAMES_ROOT);
    this.#count = this.#readCount(reader, flags);
    this.#distance = (flags & IS_DISTANT) === 0 ? 0 : reader.signed(2 ** 30);
    if ((flags & IS_DISTANT) !== 0 && this.#distance === 0) throw corrupt('a distance', 0);
    this.text = decodeText(reader.bytes(reader.remaining));
    if (kind === TEXT_INSERT) this.#count = this.text.length;
    else if (this.text !== '') throw corrupt('no text', this.text.length);
    if (this.#count < 1) throw corrupt('a text', 'none');
    this.pieces = [{ replica: 0, sequence, count: this.#count, parents }];
  }

  next(operation: IncomingOperation): void {
    const replica = this.#graph.indexOfReplica(this.replicas[0]!);
    const { sequence } = this.pieces[0]!;
    const previous = this.#graph.lvOf(replica, sequence - 1);
    // Too early: the position will be known when the author's previous event is here.
    const isKnown = sequence === 0 || previous >= 0;
    const position = isTrimmed(this.#log, previous)
      ? this.#positionFrom(replica, sequence)
      : cursorOf(this.#log, previous) + this.#distance;
    const lowest = this.#kind === TEXT_DELETE_BACKWARD ? position - this.#count + 1 : position;
    if (isKnown && (lowest < 0 || position > 2 ** 30)) throw corrupt('a position', lowest);
    operation.kind = this.#kind;
    operation.count = this.#count;
    operation.a = position;
    operation.textStart = 0;
    operation.containerReplica = this.#container?.[0] ?? NO_REPLICA;
    operation.container = this.#container?.[1] ?? containerOf(this.#log, previous);
  }

  finish(): void {
    // One operation is one event: nothing can be left over.
  }

  /**
   * The position of the first event, after one that was trimmed: of those it is only known where
   * the last one left the cursor, and that one may be an event of this very run.
   */
  #positionFrom(replica: number, sequence: number): number {
    const known = trimmedCountOf(this.#graph, this.#log, replica, sequence, this.#count);
    // All of it is known, and can be no more compared than placed: any position will do.
    if (known === this.#count) return known;
    const cursor = cursorOf(this.#log, this.#graph.lvOf(replica, sequence + known - 1));
    if (known === 0) return cursor + this.#distance;
    if (this.#kind === TEXT_INSERT) return cursor - known;
    return this.#kind === TEXT_DELETE_BACKWARD ? cursor + known - 1 : cursor;
  }

  #readParents(reader: ByteReader, replicas: ReplicaId[]): number[] {
    const parents: number[] = [];
    for (let left = reader.count(); left > 0; left -= 1) {
      parents.push(...readEvent(reader, replicas, NAMES_OWN));
    }
    return parents;
  }

  #readCount(reader: ByteReader, flags: number): number {
    if ((flags & HAS_DELETE_COUNT) === 0) return 1;
    const count = reader.varint(COUNT_MAX);
    if (count < 2 || this.#kind === TEXT_INSERT) throw corrupt('another count', count);
    return count;
  }
}

function isOwn(parents: readonly number[], sequence: number): boolean {
  return parents[0] === 0 && parents[1] === sequence;
}

/** Reads replica and sequence of an event; an id that is new gets a place in the table. */
function readEvent(reader: ByteReader, replicas: ReplicaId[], nameMax: number): number[] {
  const name = reader.u8();
  if (name > nameMax) throw corrupt('an event', name);
  if (name === NAMES_ROOT) return [NO_REPLICA, -1];
  if (name === NAMES_OWN) return [0, reader.varint(SEQUENCE_MAX)];
  const id = readReplicaId(reader);
  if (id === replicas[NAMES_OTHER]) throw corrupt('another replica', id);
  const known = replicas.indexOf(id);
  const replica = known < 0 ? replicas.push(id) - 1 : known;
  return [replica, reader.varint(SEQUENCE_MAX)];
}
