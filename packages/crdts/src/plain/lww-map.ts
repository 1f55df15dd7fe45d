/*
 * The map in which the last write of each key wins, and a removal is a write.
 *
 * Each key is a register. A removal leaves a tombstone with the stamp of the removal, or a write
 * that is older and arrives later would seem to be news.
 *
 * Tombstones go once they are stable. All members have a state then whose latest stamp is F, and
 * all that was written before they had it has arrived here. As whoever writes takes a stamp above
 * all that it has seen, every write yet to come is above F. So below F everything is known: the map
 * keeps F as its floor and drops the tombstones below. From then on a key that is absent says
 * something too: no write of it up to F is alive.
 *
 *      entries  x: 5   y: removed at 7   z: 9        floor  none
 *      entries  x: 5                     z: 9        floor  8        y at 3, y at 7: known to be
 * dead
 *
 * A floor is learnt by a join like anything else, so those who have compacted and those who have
 * not agree.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011, for the set that is a map to nothing.
 */
import type { ReplicaId } from '../replica-id.ts';
import { checkText } from './element.ts';
import { compareStamps, laterStamp, nextStamp, NO_STAMP, type Stamp } from './hybrid-time.ts';
import { emptyMap, SortedMap } from './sorted-map.ts';

/** The last write of a key. */
export interface LwwEntry<Value> {
  readonly stamp: Stamp;
  /** `undefined` if it was a removal. */
  readonly value: Value | undefined;
}

/** The state of a map. */
export interface LwwMap<Value> {
  /** The last write of each key; no removals up to `floor`. */
  readonly entries: SortedMap<LwwEntry<Value>>;
  /** Up to here every write is known, and those that are not in `entries` are dead. */
  readonly floor: Stamp;
  /** The latest stamp in here, of an entry or the floor. */
  readonly latest: Stamp;
}

/**
 * A map from texts to values; the last write of each key wins.
 *
 * @remarks
 * A join costs O(m log(n/m + 1)) for m and n keys, tombstones included; of two whole states with
 * floors O(n log n).
 *
 * @example
 * ```ts
 * import { type LwwMap, lwwMap } from '@quorate/crdts';
 *
 * const empty: LwwMap<string> = lwwMap.bottom;
 * const named = lwwMap.join(empty, lwwMap.set(empty, 'a', 'name', 'Ada', 1_000));
 * const removed = lwwMap.join(named, lwwMap.remove(named, 'b', 'name', 900));
 * lwwMap.get(removed, 'name'); // => undefined
 * ```
 */
export const lwwMap = {
  /** The map of nothing. */
  get bottom(): LwwMap<never> {
    return bottom;
  },

  /** The later write of each key. */
  join<Value>(left: LwwMap<Value>, right: LwwMap<Value>): LwwMap<Value> {
    const floor = laterStamp(left.floor, right.floor);
    const entries = survivors(left, right).union(survivors(right, left), (one, other) => {
      const last = compareStamps(one.stamp, other.stamp) < 0 ? other : one;
      // A tombstone that the other side's floor stands for.
      return last.value === undefined && compareStamps(last.stamp, floor) <= 0 ? undefined : last;
    });
    const latest = laterStamp(left.latest, right.latest);
    const isLeft = entries === left.entries && floor === left.floor && latest === left.latest;
    return isLeft ? left : { entries, floor, latest };
  },

  /** Whether `right` has each write of `left`, or a later one. */
  leq<Value>(left: LwwMap<Value>, right: LwwMap<Value>): boolean {
    if (compareStamps(left.floor, right.floor) > 0) return false;
    const isKnown = left.entries.every(right.entries, ({ stamp }, key) => {
      return compareStamps(stamp, right.entries.get(key)?.stamp ?? right.floor) <= 0;
    });
    return isKnown && survivors(right, left) === right.entries;
  },

  /** One part for each key above the floor, and one for the floor with all that is alive below. */
  *decompose<Value>({ entries, floor }: LwwMap<Value>): Generator<LwwMap<Value>> {
    const isLow = ({ stamp }: LwwEntry<Value>): boolean => compareStamps(stamp, floor) <= 0;
    if (floor.replicaId !== '') yield { entries: entries.filter(isLow), floor, latest: floor };
    for (const [key, entry] of entries) if (!isLow(entry)) yield single(key, entry);
  },

  /** The value of `key`, if it has one. O(log n). */
  get<Value>(state: LwwMap<Value>, key: string): Value | undefined {
    return state.entries.get(key)?.value;
  },

  /** Whether `key` has a value. O(log n). */
  has(state: LwwMap<unknown>, key: string): boolean {
    return lwwMap.get(state, key) !== undefined;
  },

  /** The keys that have values and these, in ascending order of code units. */
  *entries<Value>(state: LwwMap<Value>): Generator<readonly [string, Value]> {
    for (const [key, { value }] of state.entries) if (value !== undefined) yield [key, value];
  },

  /**
   * The delta of writing `value`: it wins over all that `state` has seen.
   *
   * @param replicaId - Who writes. Nobody else may ever use it.
   * @param nowMs - The wall clock, in milliseconds since 1970; 0..2^48-1. It may be wrong.
   * @throws TypeError if `value` is `undefined` or `key` is no string; RangeError if an argument is
   *   out of range.
   */
  set<Value>(
    state: LwwMap<Value>,
    replicaId: ReplicaId,
    key: string,
    value: Value,
    nowMs: number,
  ): LwwMap<Value> {
    checkText('key', key);
    if (value === undefined) throw new TypeError('value: expected one, got undefined');
    return single(key, { stamp: nextStamp(state.latest, replicaId, nowMs), value });
  },

  /** The delta of removing `key`; `bottom` if it has no value. Arguments and errors as of `set`. */
  remove<Value>(
    state: LwwMap<Value>,
    replicaId: ReplicaId,
    key: string,
    nowMs: number,
  ): LwwMap<Value> {
    if (!lwwMap.has(state, key)) return bottom;
    return single<Value>(key, {
      stamp: nextStamp(state.latest, replicaId, nowMs),
      value: undefined,
    });
  },

  /**
   * Drops the tombstones that `stable` has seen. What it knows only grows by that.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact<Value>(state: LwwMap<Value>, stable: LwwMap<Value>): LwwMap<Value> {
    const floor = stable.latest;
    if (compareStamps(floor, state.floor) <= 0) return state;
    const entries = state.entries.filter(
      ({ stamp, value }) => value !== undefined || compareStamps(stamp, floor) > 0,
    );
    return { entries, floor, latest: laterStamp(state.latest, floor) };
  },
};

const bottom: LwwMap<never> = { entries: emptyMap, floor: NO_STAMP, latest: NO_STAMP };

function single<Value>(key: string, entry: LwwEntry<Value>): LwwMap<Value> {
  return { entries: SortedMap.of(key, entry), floor: NO_STAMP, latest: entry.stamp };
}

/** The entries of `state` of which `other` does not know that they are dead. */
function survivors<Value>(state: LwwMap<Value>, other: LwwMap<Value>): SortedMap<LwwEntry<Value>> {
  // A delta has no floor: nothing to look for in what may be large.
  if (other.floor.replicaId === '') return state.entries;
  return state.entries.filter(
    ({ stamp }, key) => other.entries.has(key) || compareStamps(stamp, other.floor) > 0,
  );
}
