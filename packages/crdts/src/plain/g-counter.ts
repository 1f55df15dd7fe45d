/*
 * The grow-only counter: how often something happened, counted at many places at once.
 *
 * One shared number cannot be joined: of 5 and 6 nobody can tell whether they have one count in
 * common or none. So each replica counts for itself, and a state has the count of each replica:
 *
 *      { a: 3, b: 2 }  join  { a: 1, b: 4 }   =   { a: 3, b: 4 }       value 7
 *
 * Of two counts of one replica the larger is the newer, because only that replica raises it. All of
 * it rests on that. A replica that came back from an old copy of its state and counted on under its
 * old id would use counts again that others know already, and these increments would be lost.
 * Hence: a new replica id for each load (`ReplicatedValue` insists on it).
 *
 * New ids make the map grow, so ids that will never count again can be pruned, in two steps. The
 * members agree on a pruning: its number, and the final count of each id. `prune` takes note of it:
 * the counts now stand as final, and a late message with one of them changes nothing. Once a state
 * with that note is stable, held by all members and in the past of all that is still on its way,
 * `compact` adds the finals to one number, the base, and forgets the ids.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011. Pruning after the phases of Akka
 * Distributed Data (initialised, performed, gone).
 */
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { checkAmount, sumOf } from './amount.ts';
import { emptyMap, SortedMap } from './sorted-map.ts';

/** The last count of a replica that is gone, and by which pruning that was agreed. */
export interface FinalCount {
  /** Of the pruning, at least 1. */
  readonly epoch: number;
  /** At least 0. */
  readonly count: number;
}

/** Agreed by all members: these replicas will never count again. */
export interface Pruning {
  /** The number of this pruning: 1 for the first one, one more for each that follows. */
  readonly epoch: number;
  /** Each replica, and all it ever counted. */
  readonly finals: Iterable<readonly [ReplicaId, number]>;
}

/** The state of a grow-only counter. */
export interface GCounter {
  /** What each replica counted; only what is above its final count, if it has one. */
  readonly counts: SortedMap<number>;
  /** The final counts that are not part of `base` yet. */
  readonly finals: SortedMap<FinalCount>;
  /** Up to which pruning the final counts are in `base`. */
  readonly epoch: number;
  /** The sum of the final counts of replicas that are forgotten. */
  readonly base: number;
}

/** Nothing was counted. */
export const bottom: GCounter = { counts: emptyMap, finals: emptyMap, epoch: 0, base: 0 };

/**
 * A counter that only grows.
 *
 * @remarks A join costs O(m log(n/m + 1)) for m and n replicas.
 *
 * @example
 * ```ts
 * import { gCounter } from '@quorate/crdts';
 *
 * const left = gCounter.increment(gCounter.bottom, 'a', 2);
 * const right = gCounter.increment(gCounter.bottom, 'b');
 * gCounter.value(gCounter.join(left, right)); // => 3
 * ```
 */
export const gCounter = {
  /** Nothing was counted. */
  get bottom(): GCounter {
    return bottom;
  },

  /** The larger count of each replica. */
  join(left: GCounter, right: GCounter): GCounter {
    const older = left.epoch <= right.epoch ? left : right;
    const newer = older === left ? right : left;
    const { epoch, base } = newer;
    let finals = older.finals.union(newer.finals, (one) => one);
    if (older.epoch < epoch) finals = finals.filter((final) => final.epoch > epoch);
    const counts = left.counts.union(right.counts, Math.max);
    return { counts: unfinished(counts, finals), finals, epoch, base };
  },

  /** Whether `right` has each count of `left`, or a larger one. */
  leq(left: GCounter, right: GCounter): boolean {
    return (
      left.epoch <= right.epoch &&
      left.finals.every(right.finals, ({ epoch }, id) => {
        return epoch <= right.epoch || right.finals.has(id);
      }) &&
      left.counts.every(right.counts, (count, id) => count <= countOf(right, id))
    );
  },

  /** One part for each replica, and one for those that are forgotten. */
  *decompose(state: GCounter): Generator<GCounter> {
    const { epoch, base } = state;
    if (epoch > 0) yield { ...bottom, epoch, base };
    for (const [id, final] of state.finals) yield { ...bottom, finals: SortedMap.of(id, final) };
    for (const [id, count] of state.counts) yield { ...bottom, counts: SortedMap.of(id, count) };
  },

  /**
   * How much was counted. O(replicas).
   *
   * @returns An exact integer up to 2^53-1. Only increments that were concurrent can bring it above
   *   that, and then it is rounded.
   */
  value(state: GCounter): number {
    let sum = state.base;
    for (const { count } of state.finals.values()) sum += count;
    for (const [id, count] of state.counts) sum += count - (state.finals.get(id)?.count ?? 0);
    return sum;
  },

  /**
   * The delta of counting `amount` more.
   *
   * @param replicaId - Who counts. Nobody else may ever use it.
   * @param amount - An integer in 1..2^53-1.
   * @throws RangeError if `amount` is out of range, or the value would be above 2^53-1.
   */
  increment(state: GCounter, replicaId: ReplicaId, amount = 1): GCounter {
    checkReplicaId('replicaId', replicaId);
    sumOf(gCounter.value(state), checkAmount(amount));
    const count = countOf(state, replicaId) + amount;
    return { ...bottom, counts: SortedMap.of(replicaId, count) };
  },

  /**
   * The delta of taking note that replicas are gone. The value stays as it is.
   *
   * @returns `bottom` if the pruning is known.
   * @throws RangeError if its epoch does not follow the last one, or a final count is no count or
   *   below what is known.
   */
  prune(state: GCounter, pruning: Pruning): GCounter {
    const known = lastEpoch(state);
    if (!Number.isSafeInteger(pruning.epoch) || pruning.epoch > known + 1 || pruning.epoch < 1) {
      throw new RangeError(`epoch: expected an integer in 1..${known + 1}, got ${pruning.epoch}`);
    }
    if (pruning.epoch <= known) return bottom;
    let finals: SortedMap<FinalCount> = emptyMap;
    for (const [id, count] of pruning.finals) {
      checkReplicaId('finals', id);
      const least = countOf(state, id);
      if (!Number.isSafeInteger(count) || count < least) {
        throw new RangeError(`finals: expected a count >= ${least}, got ${count}`);
      }
      finals = finals.set(id, { epoch: pruning.epoch, count });
    }
    if (finals.size === 0) throw new RangeError('finals: expected at least one replica, got none');
    return { ...bottom, finals };
  },

  /**
   * Forgets the replicas whose pruning is part of `stable`. The value stays as it is.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact(state: GCounter, stable: GCounter): GCounter {
    const epoch = Math.max(state.epoch, lastEpoch(stable));
    if (epoch === state.epoch) return state;
    let { base } = state;
    for (const final of state.finals.values()) if (final.epoch <= epoch) base += final.count;
    if (!Number.isSafeInteger(base)) return state;
    const finals = state.finals.filter((final) => final.epoch > epoch);
    return { counts: state.counts, finals, epoch, base };
  },
};

/** What `id` is known to have counted. */
export function countOf(state: GCounter, id: ReplicaId): number {
  return state.counts.get(id) ?? state.finals.get(id)?.count ?? 0;
}

/** `counts` without those that have become final. */
function unfinished(counts: SortedMap<number>, finals: SortedMap<FinalCount>): SortedMap<number> {
  let rest = counts;
  for (const [id, final] of finals) {
    if ((counts.get(id) ?? Infinity) <= final.count) rest = rest.delete(id);
  }
  return rest;
}

/** The newest pruning that `state` knows of. */
function lastEpoch(state: GCounter): number {
  let last = state.epoch;
  for (const { epoch } of state.finals.values()) last = Math.max(last, epoch);
  return last;
}
