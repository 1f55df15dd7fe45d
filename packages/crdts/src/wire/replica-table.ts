/*
 * The replicas that an update names, in the order in which it names them, and the names of events.
 *
 * A batch has its replicas in front. Ids of `randomReplicaId` are 48 bits, told as the difference
 * to the one before: seven bytes for random ones, one or two for those that somebody counts up. A
 * difference of 0 says that another kind of id follows. In a short update the table is open: an id
 * stands where it is named for the first time.
 *
 * An event is named, as a number, by another one that comes after it:
 *
 *   0, 1    none: -1 and -2
 *   even    half of it events before that one, of the same replica
 *   odd     of replica (n - 3) / 2 of the table; its sequence follows
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';

import { type ByteReader, corrupt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  packReplicaId,
  readReplicaId,
  readTextId,
  unpackReplicaId,
  writeReplicaId,
  writeTextId,
} from './replica-id-codec.ts';

/** Whether all ids of a table stand in front, or each where it is named first. */
export type TableForm = 'whole' | 'open';

/** An event as it was read: `replica` is an index into the table, or -1 and `sequence` negative. */
export interface EventName {
  readonly replica: number;
  readonly sequence: number;
}

/** The replicas of an update that is read. */
export interface IncomingTable {
  readonly form: TableForm;
  readonly ids: ReplicaId[];
}

/** Gives replicas of a graph their places in the table, as they are asked for. */
export class ReplicaTableWriter {
  readonly #graph: CausalGraph;
  readonly #form: TableForm;
  readonly #indexOf = new Map<number, number>();

  constructor(graph: CausalGraph, form: TableForm) {
    this.#graph = graph;
    this.#form = form;
  }

  /** Whether a replica of the graph has a place. */
  has(replica: number): boolean {
    return this.#indexOf.has(replica);
  }

  /** The place of a replica of the graph. */
  indexOf(replica: number): number {
    const known = this.#indexOf.get(replica);
    if (known !== undefined) return known;
    const index = this.#indexOf.size;
    this.#indexOf.set(replica, index);
    return index;
  }

  /** The replicas of the table, by their numbers in the graph. */
  replicas(): number[] {
    return [...this.#indexOf.keys()];
  }

  /** Writes the name of event `lv`, or -1 or -2, seen from event `sequence` of `author`. */
  writeName(writer: ByteWriter, lv: number, author: number, sequence: number): void {
    const graph = this.#graph;
    if (lv < 0) {
      writer.varint(-1 - lv);
      return;
    }
    const replica = graph.replicaOf(lv);
    const own = graph.sequenceOf(lv);
    if (replica === author) {
      writer.varint(2 * (sequence - own));
      return;
    }
    const isNew = this.#form === 'open' && !this.has(replica);
    writer.varint(2 * this.indexOf(replica) + 3);
    if (isNew) writeReplicaId(writer, graph.replicaId(replica));
    writer.varint(own);
  }

  /** The table. */
  bytes(): Uint8Array {
    const writer = new ByteWriter();
    writer.varint(this.#indexOf.size);
    let previous = -1;
    for (const replica of this.#indexOf.keys()) {
      const id = this.#graph.replicaId(replica);
      const packed = packReplicaId(id);
      if (packed < 0) {
        writer.u8(0);
        writeTextId(writer, id);
      } else {
        writer.signed(packed - previous);
        previous = packed;
      }
    }
    return writer.copy();
  }
}

/**
 * Reads the table of a batch.
 *
 * @throws CorruptBytesError if it is none.
 */
export function readReplicaTable(reader: ByteReader): ReplicaId[] {
  const replicas: ReplicaId[] = [];
  let previous = -1;
  for (let left = reader.count(); left > 0; left -= 1) {
    const difference = reader.signed(2 ** 48);
    if (difference === 0) {
      replicas.push(readTextId(reader));
      continue;
    }
    previous += difference;
    if (previous < 0 || previous >= 2 ** 48) throw corrupt('an id of 48 bits', previous);
    replicas.push(unpackReplicaId(previous));
  }
  if (new Set(replicas).size < replicas.length) throw corrupt('an id once', 'twice');
  return replicas;
}

/**
 * Reads what `writeName` wrote, seen from event `sequence` of replica number `author` of the table.
 *
 * @throws CorruptBytesError if it is none.
 */
export function readName(
  reader: ByteReader,
  { form, ids }: IncomingTable,
  author: number,
  sequence: number,
): EventName {
  const code = reader.varint(2 ** 31 - 1);
  if (code < 2) return { replica: -1, sequence: -1 - code };
  if (code % 2 === 0) {
    if (code / 2 > sequence) throw corrupt('an event of its author', code);
    return { replica: author, sequence: sequence - code / 2 };
  }
  const replica = (code - 3) / 2;
  if (form === 'open' && replica === ids.length) {
    const id = readReplicaId(reader);
    if (ids.includes(id)) throw corrupt('another replica', id);
    ids.push(id);
  }
  if (replica < 0 || replica >= ids.length || replica === author) throw corrupt('a replica', code);
  return { replica, sequence: reader.varint(2 ** 31 - 2) };
}
