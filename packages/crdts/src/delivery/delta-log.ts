import type { ReplicaId } from '../replica-id.ts';

/** Up to where the deltas of one replica are known. */
export interface Head {
  /** The number of the last one, from 1. */
  readonly sequence: number;
  /** The chain hash up to it: two histories of one id differ here. */
  readonly hash: number;
}

/** Nothing is known of a replica. */
export const NO_HEAD: Head = { sequence: 0, hash: 0 };

/** What a replica has: all deltas of each replica up to a number. */
export type Heads = ReadonlyMap<ReplicaId, Head>;

/** One delta, under the name of who made it. */
export interface DeltaEntry {
  readonly id: ReplicaId;
  /** The how-manieth of `id` it is, from 1. */
  readonly sequence: number;
  /** The chain hash of `id` before it. */
  readonly hashBefore: number;
  /** And with it. */
  readonly hash: number;
  /** What `id` had learnt of others since its delta before; for the first one, all it had. */
  readonly past: ReadonlyMap<ReplicaId, number>;
  readonly bytes: Uint8Array;
}

/** What an entry weighs beside its bytes, about. */
const ENTRY_SIZE_BYTES = 64;

/**
 * The latest deltas, in the order of their arrival, which is a causal order.
 *
 * @remarks Bounded in bytes: the oldest go first. Who lacks one of those needs the whole state.
 */
export class DeltaLog {
  readonly #sizeBytesMax: number;
  /** Of each replica the deltas that are kept, without a gap. */
  readonly #entries = new Map<ReplicaId, DeltaEntry[]>();
  /** The same by arrival. */
  #arrivals: DeltaEntry[] = [];
  #sizeBytes = 0;

  /** @param sizeBytesMax - How much is kept; at least 0. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  /** Keeps `entry`, which follows what is kept of its replica. O(1), amortized. */
  append(entry: DeltaEntry): void {
    const known = this.#entries.get(entry.id);
    if (known === undefined) this.#entries.set(entry.id, [entry]);
    else known.push(entry);
    this.#arrivals.push(entry);
    this.#sizeBytes += entry.bytes.length + ENTRY_SIZE_BYTES;
    if (this.#sizeBytes <= this.#sizeBytesMax) return;
    // Half of it at once, so that dropping costs little for each that is appended.
    let first = 0;
    for (let sizeBytes = this.#sizeBytes; 2 * sizeBytes > this.#sizeBytesMax; first += 1) {
      sizeBytes -= (this.#arrivals[first]?.bytes.length ?? sizeBytes) + ENTRY_SIZE_BYTES;
    }
    this.#keep(this.#arrivals.slice(first));
  }

  /** The delta of `id` with that number, if it is kept. */
  find(id: ReplicaId, sequence: number): DeltaEntry | undefined {
    const entries = this.#entries.get(id);
    return entries?.[sequence - (entries[0]?.sequence ?? 0)];
  }

  /**
   * The `count` deltas that `known` lacks, by arrival; `undefined` if some of them are not kept.
   *
   * @remarks O(how many arrived since the first of them).
   */
  since(known: Heads, count: number): DeltaEntry[] | undefined {
    const found: DeltaEntry[] = [];
    for (let at = this.#arrivals.length - 1; at >= 0 && found.length < count; at -= 1) {
      const entry = this.#arrivals[at];
      if (entry === undefined) break;
      if (entry.sequence > (known.get(entry.id)?.sequence ?? 0)) found.push(entry);
    }
    return found.length === count ? found.reverse() : undefined;
  }

  /** Forgets the deltas for which `isDone`; of each replica these must be the oldest. O(n). */
  drop(isDone: (entry: DeltaEntry) => boolean): void {
    this.#keep(this.#arrivals.filter((entry) => !isDone(entry)));
  }

  #keep(entries: readonly DeltaEntry[]): void {
    this.#entries.clear();
    this.#arrivals = [];
    this.#sizeBytes = 0;
    for (const entry of entries) this.append(entry);
  }
}
