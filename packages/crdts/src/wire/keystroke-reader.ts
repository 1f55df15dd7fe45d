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
  IS_PACKED,
  isTrimmed,
  KIND_SHIFT,
  NAMES_OTHER,
  NAMES_OWN,
  NAMES_ROOT,
  trimmedCountOf,
} from './keystroke-writer.ts';
import { readPackedId, readReplicaId } from './replica-id-codec.ts';

const COUNT_MAX = 2 ** 29;
const SEQUENCE_MAX = 2 ** 31 - 2;

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
