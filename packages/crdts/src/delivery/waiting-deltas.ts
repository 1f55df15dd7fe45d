import { PendingFullError } from '../errors.ts';
import type { ReplicaId } from '../replica-id.ts';
import { type DeltaEntry, type Head, type Heads, NO_HEAD } from './delta-log.ts';

/** A delta that arrived, read. */
export interface Arrival<State> {
  readonly entry: DeltaEntry;
  readonly delta: State;
}

/** What one that waits weighs beside its bytes, about. */
const ARRIVAL_SIZE_BYTES = 128;

/**
 * Deltas that arrived before what they build on.
 *
 * @remarks
 * Each waits under the name of one delta that it lacks, and is looked at again when that one comes:
 * O(1) for each name in its past, in whatever order they arrive. Bounded in bytes.
 */
export class WaitingDeltas<State> {
  readonly #sizeBytesMax: number;
  /** By the name of a delta: who waits for it. */
  readonly #waiting = new Map<string, Arrival<State>[]>();
  /** The names of those that wait. */
  readonly #names = new Set<string>();
  #sizeBytes = 0;

  /** @param sizeBytesMax - How much may wait; at least 0. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  /** How many wait. */
  get count(): number {
    return this.#names.size;
  }

  /**
   * What can be taken in now, of `arrivals` and of those that waited for these, in this order.
   *
   * @param known - What was taken in before.
   * @throws PendingFullError if too much would wait; nothing has changed then.
   */
  offer(arrivals: readonly Arrival<State>[], known: Heads): Arrival<State>[] {
    const heads = new Map<ReplicaId, Head>();
    const headOf = (id: ReplicaId): Head => heads.get(id) ?? known.get(id) ?? NO_HEAD;
    const ready: Arrival<State>[] = [];
    const held = new Map<string, Arrival<State>[]>();
    const queue = [...arrivals];
    const woken: string[] = [];
    // The queue grows while it is worked off.
    for (const arrival of queue) {
      const { entry } = arrival;
      const head = headOf(entry.id);
      if (entry.sequence <= head.sequence) continue;
      const lacked = lackedBy(entry, headOf);
      if (lacked !== undefined) {
        held.set(lacked, [...(held.get(lacked) ?? []), arrival]);
      } else if (entry.hashBefore === head.hash) {
        const name = nameOf(entry);
        ready.push(arrival);
        heads.set(entry.id, entry);
        queue.push(...(held.get(name) ?? []), ...(this.#waiting.get(name) ?? []));
        held.delete(name);
        woken.push(name);
      }
      // Else it goes on with another history of this id. Its sender will learn that from versions.
    }
    this.#checkRoom(held);
    for (const name of woken) this.#release(name);
    for (const [name, some] of held) for (const one of some) this.#hold(name, one);
    return ready;
  }

  /** The same, of all that wait, after much was taken in otherwise. */
  retry(known: Heads): Arrival<State>[] {
    const all = [...this.#waiting.values()].flat();
    for (const name of [...this.#waiting.keys()]) this.#release(name);
    return this.offer(all, known);
  }

  #checkRoom(held: ReadonlyMap<string, readonly Arrival<State>[]>): void {
    let sizeBytes = this.#sizeBytes;
    for (const some of held.values()) {
      for (const { entry } of some) if (!this.#names.has(nameOf(entry))) sizeBytes += sizeOf(entry);
    }
    if (sizeBytes <= Math.max(this.#sizeBytesMax, this.#sizeBytes)) return;
    throw new PendingFullError(
      `update: expected at most ${this.#sizeBytesMax} bytes to wait, got ${sizeBytes}`,
    );
  }

  #hold(lacked: string, arrival: Arrival<State>): void {
    const name = nameOf(arrival.entry);
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.#sizeBytes += sizeOf(arrival.entry);
    const others = this.#waiting.get(lacked);
    if (others === undefined) this.#waiting.set(lacked, [arrival]);
    else others.push(arrival);
  }

  #release(lacked: string): void {
    for (const { entry } of this.#waiting.get(lacked) ?? []) {
      this.#names.delete(nameOf(entry));
      this.#sizeBytes -= sizeOf(entry);
    }
    this.#waiting.delete(lacked);
  }
}

/** The name of a delta that `entry` builds on and that is not there, if there is one. */
function lackedBy(entry: DeltaEntry, headOf: (id: ReplicaId) => Head): string | undefined {
  const { id, sequence, past } = entry;
  if (headOf(id).sequence < sequence - 1) return nameOf({ id, sequence: sequence - 1 });
  for (const [other, known] of past) {
    if (other !== id && headOf(other).sequence < known) {
      return nameOf({ id: other, sequence: known });
    }
  }
  return undefined;
}

function nameOf({ id, sequence }: Pick<DeltaEntry, 'id' | 'sequence'>): string {
  return `${sequence}:${id}`;
}

function sizeOf(entry: DeltaEntry): number {
  return entry.bytes.length + ARRIVAL_SIZE_BYTES + 16 * entry.past.size;
}
