/*
 * Updates that arrived before their past did. Each waits for one event, and is looked at again when
 * that one is here; it may then wait for another. What waits is no part of the document and of no
 * version, so that whoever asks for what is missing gets it.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { PendingFullError } from '../errors.ts';
import type { ReplicaId } from '../replica-id.ts';
import { crc32c } from '../wire/crc32c.ts';
import { checksumSizeOf } from '../wire/seal.ts';

/** The most that may wait, in updates. */
export const WAITING_COUNT_MAX = 65_536;
/** The most that may wait, in bytes of updates. */
const WAITING_SIZE_MAX_BYTES: number = 64 * 1_024 * 1_024;

/** The updates that wait for events of one replica. */
interface Group {
  /** By the sequence of the event that they wait for. */
  readonly bySequence: Map<number, Uint8Array[]>;
  /** All events below this one are here, and nothing waits for them. */
  arrived: number;
}

/** Keeps updates until the event that each waits for has arrived. */
export class WaitingUpdates {
  readonly #groups = new Map<ReplicaId, Group>();
  /** By checksum: the same update is kept once, however often it is sent. */
  readonly #byChecksum = new Map<number, Uint8Array[]>();
  #count = 0;
  #sizeBytes = 0;

  /** How many updates wait. */
  get count(): number {
    return this.#count;
  }

  /** Their bytes, in no order that means anything. */
  updates(): Uint8Array[] {
    return [...this.#byChecksum.values()].flat();
  }

  /** Throws `PendingFullError` if `update` is too much. */
  check(update: Uint8Array): void {
    const isFull = this.#count >= WAITING_COUNT_MAX;
    if (!isFull && this.#sizeBytes + update.length <= WAITING_SIZE_MAX_BYTES) return;
    throw new PendingFullError(
      `update: expected its past within ${WAITING_COUNT_MAX} updates, got ${this.#count} that wait`,
    );
  }

  /** Keeps a copy of `update` until the event is here; `arrived` events of that replica are. */
  add(update: Uint8Array, replicaId: ReplicaId, sequence: number, arrived: number): void {
    const key = checksumOf(update);
    const alike = getOrAdd(this.#byChecksum, key, () => []);
    if (alike.some((kept) => areEqual(kept, update))) return;
    const copy = update.slice();
    alike.push(copy);
    this.#count += 1;
    this.#sizeBytes += copy.length;
    const group = getOrAdd(this.#groups, replicaId, () => newGroup(arrived));
    // What was waited for may have come with the very updates that this one came with.
    group.arrived = Math.min(group.arrived, sequence);
    getOrAdd(group.bySequence, sequence, () => []).push(copy);
  }

  /** Takes out what waits for nothing any more. */
  takeReady(graph: CausalGraph): Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (const [replicaId, group] of this.#groups) {
      const replica = graph.indexOfReplica(replicaId);
      const next = replica < 0 ? 0 : graph.nextSequence(replica);
      for (; group.arrived < next; group.arrived += 1) {
        const updates = group.bySequence.get(group.arrived);
        if (updates === undefined) continue;
        ready.push(...updates);
        group.bySequence.delete(group.arrived);
      }
      if (group.bySequence.size === 0) this.#groups.delete(replicaId);
    }
    for (const update of ready) this.#forget(update);
    return ready;
  }

  #forget(update: Uint8Array): void {
    const key = checksumOf(update);
    const others = (this.#byChecksum.get(key) ?? []).filter((kept) => kept !== update);
    if (others.length === 0) this.#byChecksum.delete(key);
    else this.#byChecksum.set(key, others);
    this.#count -= 1;
    this.#sizeBytes -= update.length;
  }
}

function newGroup(arrived: number): Group {
  return { bySequence: new Map<number, Uint8Array[]>(), arrived };
}

/** Of the content alone: bytes that end in their own checksum all have the same one. */
function checksumOf(update: Uint8Array): number {
  return crc32c(update, 0, update.length - checksumSizeOf(update.length));
}

function getOrAdd<Key, Entry>(map: Map<Key, Entry>, key: Key, make: () => Entry): Entry {
  let entry = map.get(key);
  if (entry === undefined) {
    entry = make();
    map.set(key, entry);
  }
  return entry;
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
