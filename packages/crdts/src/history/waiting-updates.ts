/*
 * Updates that arrived before their past did. Each waits for one event, and is looked at again when
 * that one is here; it may then wait for another. What waits is no part of the document and of no
 * version, so that whoever asks for what is missing gets it.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';
import { crc32c } from '../wire/crc32c.ts';
import { checksumSizeOf } from '../wire/seal.ts';

import type { MissingEvent } from './event-intake.ts';

/** The most that may wait, in updates. */
export const WAITING_COUNT_MAX = 65_536;
/** The most that may wait, in bytes of updates. */
const WAITING_SIZE_MAX_BYTES: number = 64 * 1_024 * 1_024;

/** An update, and the event that it waits for. */
export interface WaitingUpdate extends MissingEvent {
  readonly update: Uint8Array;
}

/** The updates that wait for events of one replica. */
interface Group {
  /** By the sequence of the event that they wait for. */
  readonly bySequence: Map<number, WaitingUpdate[]>;
  /** Nothing waits for events below this one. */
  first: number;
}

/** Keeps updates until the event that each waits for has arrived. */
export class WaitingUpdates {
  readonly #groups = new Map<ReplicaId, Group>();
  /** By checksum: the same update is kept once, however often it is sent. */
  readonly #byChecksum = new Map<number, WaitingUpdate[]>();
  #count = 0;
  #sizeBytes = 0;

  /** How many updates wait. */
  get count(): number {
    return this.#count;
  }

  /** Their bytes, in no order that means anything. */
  updates(): Uint8Array[] {
    return this.all().map(({ update }) => update);
  }

  /** All that wait. */
  all(): WaitingUpdate[] {
    return [...this.#byChecksum.values()].flat();
  }

  /** Whether `others` may wait here, too, besides those that did before and will again. */
  hasRoomFor(others: WaitingUpdates, again: WaitingUpdates): boolean {
    let count = this.#count + again.#count;
    let sizeBytes = this.#sizeBytes + again.#sizeBytes;
    for (const one of others.all()) {
      if (this.#has(one.update)) continue;
      count += 1;
      sizeBytes += one.update.length;
    }
    return count <= WAITING_COUNT_MAX && sizeBytes <= WAITING_SIZE_MAX_BYTES;
  }

  /** Keeps `update` itself, which is not to change, until the event is here. */
  add(update: Uint8Array, { replicaId, sequence }: MissingEvent): void {
    if (this.#has(update)) return;
    const one = { update, replicaId, sequence };
    getOrAdd(this.#byChecksum, checksumOf(update), () => []).push(one);
    this.#count += 1;
    this.#sizeBytes += update.length;
    const group = getOrAdd(this.#groups, replicaId, () => newGroup(sequence));
    group.first = Math.min(group.first, sequence);
    getOrAdd(group.bySequence, sequence, () => []).push(one);
  }

  /** Takes out what waits for nothing any more, now that events from `from` on have arrived. */
  takeReady(graph: CausalGraph, from: number): WaitingUpdate[] {
    const ready: WaitingUpdate[] = [];
    if (this.#count === 0 || from >= graph.eventCount) return ready;
    for (let run = graph.runAt(from); run < graph.runCount; run += 1) {
      const replica = graph.runReplica(run);
      const replicaId = graph.replicaId(replica);
      const group = this.#groups.get(replicaId);
      if (group === undefined) continue;
      for (const next = graph.nextSequence(replica); group.first < next; group.first += 1) {
        ready.push(...(group.bySequence.get(group.first) ?? []));
        group.bySequence.delete(group.first);
      }
      if (group.bySequence.size === 0) this.#groups.delete(replicaId);
    }
    for (const one of ready) this.#forget(one);
    return ready;
  }

  #has(update: Uint8Array): boolean {
    const alike = this.#byChecksum.get(checksumOf(update)) ?? [];
    return alike.some((kept) => areEqual(kept.update, update));
  }

  #forget(one: WaitingUpdate): void {
    const key = checksumOf(one.update);
    const others = (this.#byChecksum.get(key) ?? []).filter((kept) => kept !== one);
    if (others.length === 0) this.#byChecksum.delete(key);
    else this.#byChecksum.set(key, others);
    this.#count -= 1;
    this.#sizeBytes -= one.update.length;
  }
}

function newGroup(first: number): Group {
  return { bySequence: new Map<number, WaitingUpdate[]>(), first };
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
