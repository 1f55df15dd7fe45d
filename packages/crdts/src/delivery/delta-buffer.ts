/*
 * Sending deltas instead of states, over a network that loses, repeats and reorders.
 *
 * A replica numbers the deltas that it joins, its own and those of others alike, and keeps them. To
 * each neighbour it sends an interval of them, joined to one state: all after the last number that
 * the neighbour has acknowledged. What is lost is part of the next interval; what comes twice
 * changes nothing, as a join.
 *
 *      kept   4: d4   5: d5   6: d6        b has acknowledged 4: it is sent 5..6, d5 join d6
 *
 * One condition makes states as causal as if whole states had been sent: an interval from number n
 * on may be joined only by who has all up to n of that sender. Otherwise an effect could be seen
 * without its cause. Whoever receives an interval too early leaves it, and says what it has.
 *
 * Memory is bounded: what all have acknowledged is dropped, and beyond a limit the oldest are
 * dropped in any case. Who lacks one of those, or has just come, is sent the whole state.
 *
 * `ReplicatedValue` does all this and more, and is what to use in general. This is the bare
 * algorithm, for those who bring their own messages.
 *
 * Source: Almeida, Shoker and Baquero, "Delta State Replicated Data Types", Journal of Parallel and
 * Distributed Computing, 2018.
 */
import type { Lattice } from '../lattice.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';

/** Deltas of one buffer, joined. */
export interface DeltaInterval<State> {
  /** Whose buffer numbered them. */
  readonly source: ReplicaId;
  /** The deltas after this number; 0 if it is a whole state. */
  readonly after: number;
  /** Up to this number. */
  readonly upTo: number;
  /** Their join, or the whole state. */
  readonly state: State;
}

/** What a buffer is made of. */
export interface DeltaBufferOptions<State> {
  readonly lattice: Lattice<State>;
  /** Of this replica: a new one for each start, as the numbers begin anew. */
  readonly source: ReplicaId;
  /** How many deltas are kept at most; 1,000 without it. More spares whole states. */
  readonly deltaCountMax?: number;
}

/**
 * The deltas that neighbours may lack.
 *
 * @example
 * ```ts
 * import { DeltaBuffer, gSet } from '@quorate/crdts';
 *
 * const buffer = new DeltaBuffer({ lattice: gSet, source: 'a' });
 * buffer.acknowledge('b', 0);
 * const delta = gSet.add(gSet.bottom, 'x');
 * buffer.add(delta); // => 1
 * buffer.intervalFor('b', delta)?.upTo; // => 1
 * buffer.acknowledge('b', 1);
 * buffer.intervalFor('b', delta); // => undefined
 * ```
 */
export class DeltaBuffer<State> {
  /** Whose numbers these are. */
  readonly source: ReplicaId;
  readonly #lattice: Lattice<State>;
  readonly #deltaCountMax: number;
  readonly #acknowledged = new Map<ReplicaId, number>();
  #deltas: State[] = [];
  /** The number before that of the first delta that is kept. */
  #dropped = 0;

  /** @throws RangeError or TypeError if an option is out of its range. */
  constructor({ lattice, source, deltaCountMax = 1_000 }: DeltaBufferOptions<State>) {
    if (!Number.isSafeInteger(deltaCountMax) || deltaCountMax < 0) {
      throw new RangeError(`deltaCountMax: expected an integer >= 0, got ${deltaCountMax}`);
    }
    this.source = checkReplicaId('source', source);
    this.#lattice = lattice;
    this.#deltaCountMax = deltaCountMax;
  }

  /** The number of the last delta. */
  get last(): number {
    return this.#dropped + this.#deltas.length;
  }

  /** How many deltas are kept. */
  get size(): number {
    return this.#deltas.length;
  }

  /**
   * Keeps a delta that was joined to the state: an own one, or what was received and had news.
   *
   * @returns Its number.
   */
  add(delta: State): number {
    this.#deltas.push(delta);
    this.#dropTo(this.last - this.#deltaCountMax);
    return this.last;
  }

  /**
   * What to send to `peer` now; `undefined` if it has everything. Sent again until acknowledged.
   *
   * @param whole - The present state, for who lacks more than is kept.
   * @remarks O(deltas sent) joins.
   */
  intervalFor(peer: ReplicaId, whole: State): DeltaInterval<State> | undefined {
    const after = this.#acknowledged.get(peer) ?? -1;
    const upTo = this.last;
    if (after === upTo) return undefined;
    if (after < this.#dropped) return { source: this.source, after: 0, upTo, state: whole };
    let { bottom: state } = this.#lattice;
    for (const delta of this.#deltas.slice(after - this.#dropped)) {
      state = this.#lattice.join(state, delta);
    }
    return { source: this.source, after, upTo, state };
  }

  /**
   * Takes note that `peer` has all up to `upTo` of this buffer, and drops what all have. The first
   * acknowledgement makes it a neighbour whom deltas are kept for; 0 if it has a state from before.
   *
   * @throws RangeError if no delta has that number.
   */
  acknowledge(peer: ReplicaId, upTo: number): void {
    if (!Number.isSafeInteger(upTo) || upTo < 0 || upTo > this.last) {
      throw new RangeError(`upTo: expected an integer in 0..${this.last}, got ${upTo}`);
    }
    // Acknowledgements may overtake each other.
    this.#acknowledged.set(peer, Math.max(upTo, this.#acknowledged.get(peer) ?? 0));
    this.#dropTo(Math.min(...this.#acknowledged.values()));
  }

  /** Keeps nothing for `peer` any more. If it comes back, it is sent the whole state. */
  remove(peer: ReplicaId): void {
    this.#acknowledged.delete(peer);
    if (this.#acknowledged.size > 0) this.#dropTo(Math.min(...this.#acknowledged.values()));
  }

  #dropTo(number: number): void {
    if (number <= this.#dropped) return;
    this.#deltas = this.#deltas.slice(number - this.#dropped);
    this.#dropped = number;
  }
}

/** What to do with an interval that arrived. */
export type IntervalVerdict =
  /** Join it, keep it in the own buffer if it had news, and acknowledge `upTo`. */
  | 'join'
  /** All of it is known: acknowledge what is known. */
  | 'known'
  /** It comes too early: leave it, and acknowledge what is known. */
  | 'gap';

/** The receiving side: what has been joined of each source. */
export class DeltaReceipts {
  readonly #known = new Map<ReplicaId, number>();

  /** Up to which number the deltas of `source` have been joined: what to acknowledge. */
  upTo(source: ReplicaId): number {
    return this.#known.get(source) ?? 0;
  }

  /** Judges an interval, and counts it as joined if it says 'join'. */
  receive({ source, after, upTo }: Omit<DeltaInterval<unknown>, 'state'>): IntervalVerdict {
    const known = this.upTo(source);
    if (upTo <= known && this.#known.has(source)) return 'known';
    if (after > known) return 'gap';
    this.#known.set(source, upTo);
    return 'join';
  }

  /** Forgets a source that will never send again. */
  forget(source: ReplicaId): void {
    this.#known.delete(source);
  }
}
