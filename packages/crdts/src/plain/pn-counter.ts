/*
 * The counter that goes both ways: likes that can be taken back.
 *
 * A grow-only counter lets the larger count of a replica win, which a count that fell would lose
 * to. So count ups and downs apart, in two grow-only counters: the value is their difference.
 *
 * It may fall below zero, as two replicas may each take away the last one. Where that must not be,
 * see `boundedCounter`.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 */
import type { ReplicaId } from '../replica-id.ts';
import { bottom as noCount, type GCounter, gCounter } from './g-counter.ts';

/** The state of a counter that goes both ways. */
export interface PnCounter {
  readonly ups: GCounter;
  readonly downs: GCounter;
}

/** Agreed by all members: these replicas will never count again. See `Pruning`. */
export interface PnPruning {
  /** The number of this pruning: 1 for the first one, one more for each that follows. */
  readonly epoch: number;
  /** Each replica, all it ever counted up, and all it ever counted down. */
  readonly finals: Iterable<readonly [ReplicaId, ups: number, downs: number]>;
}

/**
 * A counter that goes up and down.
 *
 * @remarks A join costs O(m log(n/m + 1)) for m and n replicas, a value O(n).
 *
 * @example
 * ```ts
 * import { pnCounter } from '@quorate/crdts';
 *
 * const up = pnCounter.increment(pnCounter.bottom, 'a', 5);
 * const down = pnCounter.decrement(pnCounter.bottom, 'b', 2);
 * pnCounter.value(pnCounter.join(up, down)); // => 3
 * ```
 */
export const pnCounter = {
  /** Nothing was counted. */
  get bottom(): PnCounter {
    return bottom;
  },

  /** The larger counts of each replica. */
  join(left: PnCounter, right: PnCounter): PnCounter {
    return pair(gCounter.join(left.ups, right.ups), gCounter.join(left.downs, right.downs));
  },

  /** Whether `right` has each count of `left`, or a larger one. */
  leq(left: PnCounter, right: PnCounter): boolean {
    return gCounter.leq(left.ups, right.ups) && gCounter.leq(left.downs, right.downs);
  },

  /** One part for each count of each replica. */
  *decompose({ ups, downs }: PnCounter): Generator<PnCounter> {
    for (const part of gCounter.decompose(ups)) yield pair(part, gCounter.bottom);
    for (const part of gCounter.decompose(downs)) yield pair(gCounter.bottom, part);
  },

  /** Ups less downs. Exact as long as neither is above 2^53-1 in all. O(replicas). */
  value({ ups, downs }: PnCounter): number {
    return gCounter.value(ups) - gCounter.value(downs);
  },

  /**
   * The delta of counting `amount` up.
   *
   * @param replicaId - Who counts. Nobody else may ever use it.
   * @param amount - An integer in 1..2^53-1.
   * @throws RangeError if `amount` is out of range, or all ups would be above 2^53-1.
   */
  increment(state: PnCounter, replicaId: ReplicaId, amount = 1): PnCounter {
    return pair(gCounter.increment(state.ups, replicaId, amount), gCounter.bottom);
  },

  /**
   * The delta of counting `amount` down.
   *
   * @throws RangeError as `increment`, of all downs.
   */
  decrement(state: PnCounter, replicaId: ReplicaId, amount = 1): PnCounter {
    return pair(gCounter.bottom, gCounter.increment(state.downs, replicaId, amount));
  },

  /**
   * The delta of taking note that replicas are gone. The value stays as it is.
   *
   * @throws RangeError as `gCounter.prune`.
   */
  prune(state: PnCounter, { epoch, finals }: PnPruning): PnCounter {
    const all = [...finals];
    const ups = all.map(([id, count]) => [id, count] as const);
    const downs = all.map(([id, , count]) => [id, count] as const);
    return pair(
      gCounter.prune(state.ups, { epoch, finals: ups }),
      gCounter.prune(state.downs, { epoch, finals: downs }),
    );
  },

  /** Forgets the replicas whose pruning is part of `stable`, as `gCounter.compact`. */
  compact(state: PnCounter, stable: PnCounter): PnCounter {
    const ups = gCounter.compact(state.ups, stable.ups);
    const downs = gCounter.compact(state.downs, stable.downs);
    return ups === state.ups && downs === state.downs ? state : pair(ups, downs);
  },
};

function pair(ups: GCounter, downs: GCounter): PnCounter {
  return { ups, downs };
}

const bottom: PnCounter = { ups: noCount, downs: noCount };
