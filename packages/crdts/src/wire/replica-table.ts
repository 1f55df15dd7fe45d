/*
 * The replicas that a batch names, in the order in which it names them. Ids of `randomReplicaId`
 * are 48 bits, told as the difference to the one before: seven bytes for random ones, one or two
 * for those that somebody counts up. A difference of 0 says that another kind of id follows.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';

import { type ByteReader, corrupt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { packReplicaId, readTextId, unpackReplicaId, writeTextId } from './replica-id-codec.ts';

/** Gives replicas of a graph their places in the table, as they are asked for. */
export class ReplicaTableWriter {
  readonly #graph: CausalGraph;
  readonly #indexOf = new Map<number, number>();

  constructor(graph: CausalGraph) {
    this.#graph = graph;
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
