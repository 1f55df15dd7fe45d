/*
 * Pruning: clocks without the entries of replicas that are gone for ever.
 *
 * A clock never shrinks by itself. Dropping the entry of a replica that left looks harmless and is
 * not: {a:1} that was {a:1, x:2} now seems to be before {a:1, x:2}, though they are equal, and the
 * next merge with anybody who still has the entry brings it back. Dropping entries by age or
 * beyond a size, as stores do, makes such errors silently.
 *
 * What may be dropped is what everybody has: if all of x's events, x:2, are known to all members
 * and x never has another, x:2 can stand in no clock and be meant in all of them. So
 *
 *   - the members agree on a pruning: which replicas are gone, their final counters, and a number,
 *     the epoch, that rises by one each time. Agreement is theirs, as is certainty that the final
 *     counters are stable (see `CausalStability`);
 *   - every clock carries the epoch whose prunings were taken out of it;
 *   - clocks of different epochs are compared and merged by putting the final counters back.
 *
 *   epoch 0  {a:1, x:2}     equal to    epoch 1  {a:1}       as x:2 is meant in epoch 1
 *   epoch 0  {a:1, x:1}     before      epoch 1  {a:1}
 *   epoch 0  {a:1, x:3}     refused: x had an event that the pruning did not know of
 *
 * Nothing is approximate: the answers are those of clocks that were never pruned. When no clock of
 * an early epoch can be left, its prunings can be forgotten; whoever shows up with one then is
 * refused by name rather than compared falsely.
 */
import { checkCounter } from './counter.ts';
import type { Ordering } from './ordering.ts';
import type { ReplicaId } from './replica-id.ts';
import { compare, merge, VectorClock } from './vector-clock.ts';

/** What was agreed on: that these replicas are gone. */
export interface Pruning {
  /** One more than that of the pruning before; the first one has 1. */
  readonly epoch: number;
  /** The replicas, and how many events each of them has had in all. Everybody has seen these. */
  readonly finals: VectorClock;
}

/** A clock, and up to which epoch the replicas that are gone were taken out of it. */
export interface PrunedClock {
  /** 0 if none were. */
  readonly epoch: number;
  readonly clock: VectorClock;
}

/** Why two clocks could not be brought together. */
export interface PruningRefusal {
  readonly kind: 'refused';
  /**
   * - 'forgotten': the clock is of an epoch whose successors were forgotten here.
   * - 'unknown': it is of an epoch that is not known here yet; record that pruning first.
   * - 'beyond': it counts an event of `id` that the agreed pruning did not know of.
   * - 'behind': it has not seen all events of `id`, so that its entry cannot be taken out.
   */
  readonly reason: 'forgotten' | 'unknown' | 'beyond' | 'behind';
  /** The replica that is gone, for 'beyond' and 'behind'. */
  readonly id?: ReplicaId;
}

/** A clock without any pruning. */
export type RestoreOutcome =
  { readonly kind: 'restored'; readonly clock: VectorClock } | PruningRefusal;

/** How two clocks of any epochs stand to each other. */
export type PrunedComparison =
  { readonly kind: 'compared'; readonly ordering: Ordering } | PruningRefusal;

/** A clock that was pruned or merged. */
export type PruneOutcome =
  { readonly kind: 'pruned'; readonly pruned: PrunedClock } | PruningRefusal;

/**
 * The prunings that one replica knows of, and what follows from them.
 *
 * @example
 * ```ts
 * import { PruningLog, VectorClock } from '@quorate/vector-clocks';
 *
 * const log = new PruningLog();
 * log.record({ epoch: 1, finals: VectorClock.of([['x', 2]]) }); // => 'recorded'
 * const early = { epoch: 0, clock: VectorClock.of([['a', 1], ['x', 1]]) };
 * const late = { epoch: 1, clock: VectorClock.of([['a', 1]]) };
 * log.compare(early, late); // => { kind: 'compared', ordering: 'before' }
 * log.prune(early); // => { kind: 'refused', reason: 'behind', id: 'x' }
 * ```
 */
export class PruningLog {
  /** Ascending epochs without a gap, those after `#forgotten`. */
  #prunings: readonly Pruning[] = [];
  #forgotten: number;

  /**
   * @param epoch - The one to begin after, when earlier prunings need not be known; 0 without it.
   * @throws RangeError or TypeError if it is none.
   */
  constructor(epoch = 0) {
    this.#forgotten = checkCounter('epoch', epoch, 0);
  }

  /** The newest epoch that is known. */
  get epoch(): number {
    return this.#forgotten + this.#prunings.length;
  }

  /**
   * Learns of a pruning that was agreed on.
   *
   * @returns 'known' if its epoch is not new; 'gap' if one before it is missing. Nothing changes
   *   then.
   * @throws RangeError or TypeError if its epoch is none, or one of its replicas is gone already.
   */
  record(pruning: Pruning): 'recorded' | 'known' | 'gap' {
    const epoch = checkCounter('epoch', pruning.epoch);
    if (epoch <= this.epoch) return 'known';
    if (epoch > this.epoch + 1) return 'gap';
    for (const [id] of pruning.finals) {
      if (this.#prunings.every(({ finals }) => finals.get(id) === 0)) continue;
      throw new RangeError(`finals: expected ids that are not gone, got ${JSON.stringify(id)}`);
    }
    this.#prunings = [...this.#prunings, pruning];
    return 'recorded';
  }

  /**
   * Forgets the prunings up to `epoch`, and with them how to read clocks of earlier epochs. Call it
   * when none can be left.
   *
   * @throws RangeError or TypeError if that is no epoch that is known.
   */
  forget(epoch: number): void {
    checkCounter('epoch', epoch, 0);
    if (epoch > this.epoch) {
      throw new RangeError(`epoch: expected at most ${this.epoch}, got ${epoch}`);
    }
    this.#prunings = this.#prunings.filter((pruning) => pruning.epoch > epoch);
    this.#forgotten = Math.max(this.#forgotten, epoch);
  }

  /** `clock` with all that was taken out of it by prunings that are still known. */
  restore({ epoch, clock }: PrunedClock): RestoreOutcome {
    checkCounter('epoch', epoch, 0);
    if (epoch < this.#forgotten) return { kind: 'refused', reason: 'forgotten' };
    if (epoch > this.epoch) return { kind: 'refused', reason: 'unknown' };
    let restored = clock;
    for (const pruning of this.#prunings) {
      const isTakenOut = pruning.epoch <= epoch;
      for (const [id, final] of pruning.finals) {
        if (clock.get(id) > (isTakenOut ? 0 : final)) {
          return { kind: 'refused', reason: 'beyond', id };
        }
      }
      if (isTakenOut) restored = merge(restored, pruning.finals);
    }
    return { kind: 'restored', clock: restored };
  }

  /** How `left` stands to `right`, as if nothing had ever been pruned. */
  compare(left: PrunedClock, right: PrunedClock): PrunedComparison {
    const one = this.restore(left);
    if (one.kind === 'refused') return one;
    const other = this.restore(right);
    if (other.kind === 'refused') return other;
    return { kind: 'compared', ordering: compare(one.clock, other.clock) };
  }

  /** What `left` or `right` knows, in the later epoch of both. */
  merge(left: PrunedClock, right: PrunedClock): PruneOutcome {
    const one = this.restore(left);
    if (one.kind === 'refused') return one;
    const other = this.restore(right);
    if (other.kind === 'refused') return other;
    return this.#taken(merge(one.clock, other.clock), Math.max(left.epoch, right.epoch));
  }

  /**
   * `pruned` in the newest epoch, which takes all replicas that are gone out of it.
   *
   * @returns A refusal with 'behind' if it has not seen all their events, as a version that was
   *   stored long ago may not have. Keep such a clock as it is: it can be compared all the same.
   */
  prune(pruned: PrunedClock): PruneOutcome {
    const restored = this.restore(pruned);
    return restored.kind === 'refused' ? restored : this.#taken(restored.clock, this.epoch);
  }

  /** `clock` without the replicas that are gone in `epoch`. */
  #taken(clock: VectorClock, epoch: number): PruneOutcome {
    const gone = new Set<ReplicaId>();
    for (const pruning of this.#prunings) {
      if (pruning.epoch > epoch) break;
      for (const [id, final] of pruning.finals) {
        if (clock.get(id) < final) return { kind: 'refused', reason: 'behind', id };
        gone.add(id);
      }
    }
    const left = [...clock].filter(([id]) => !gone.has(id));
    return { kind: 'pruned', pruned: { epoch, clock: VectorClock.of(left) } };
  }
}
