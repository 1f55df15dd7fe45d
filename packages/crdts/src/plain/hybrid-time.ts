/*
 * The order of writes in which the last one wins.
 *
 * "Last" by the wall clock loses writes: where two clocks differ, a write made after reading
 * another one may carry an earlier time, and vanish. A logical clock orders causes before effects,
 * but says nothing of the time of day. A hybrid time does both: the wall clock where it is ahead of
 * all that was seen, else the largest time seen and a counter.
 *
 *      seen 12:00:00.000, counter 4     clock 11:59:58    next: 12:00:00.000, counter 5
 *                                       clock 12:00:03    next: 12:00:03.000, counter 0
 *
 * So whoever writes after having seen a write wins over it, however wrong the clocks. Writes that
 * did not see each other are ordered by time, counter, and then by the id of the replica: all
 * replicas choose the same one.
 *
 * A clock that is years ahead does no harm to that order, but all later writes carry its years.
 * Where times mean something to people, look at what comes in: `aheadMs` says how far ahead of the
 * clock here it is, and whoever is too far can be refused before the join.
 *
 * Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", OPODIS 2014.
 */
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';

/** The largest time of a stamp: until the year 10889. */
export const TIME_MS_MAX = 0xffff_ffff_ffff;

/** When a write was made, and by whom. No two writes have the same. */
export interface Stamp {
  /** Milliseconds since 1970; 0..2^48-1. */
  readonly timeMs: number;
  /** How many stamps of this time its maker had seen; 0..2^53-1. */
  readonly counter: number;
  /** Who made it; empty for none. */
  readonly replicaId: ReplicaId;
}

/** Before all writes. */
export const NO_STAMP: Stamp = { timeMs: 0, counter: 0, replicaId: '' };

/** Negative if `left` is earlier, positive if it is later, 0 if they are the same. */
export function compareStamps(left: Stamp, right: Stamp): number {
  if (left.timeMs !== right.timeMs) return left.timeMs - right.timeMs;
  if (left.counter !== right.counter) return left.counter - right.counter;
  if (left.replicaId === right.replicaId) return 0;
  return left.replicaId < right.replicaId ? -1 : 1;
}

/** The later of two stamps. */
export function laterStamp(left: Stamp, right: Stamp): Stamp {
  return compareStamps(left, right) < 0 ? right : left;
}

/**
 * The stamp of a write by who has seen `latest`: later than that, and than the clock says if the
 * clock is behind.
 *
 * @param nowMs - The wall clock, in milliseconds since 1970; 0..2^48-1, rounded down. It may step
 *   back.
 * @throws RangeError if `nowMs` is out of range or `replicaId` names no replica, or if no later
 *   stamp is left, as after a forged one.
 */
export function nextStamp(latest: Stamp, replicaId: ReplicaId, nowMs: number): Stamp {
  checkReplicaId('replicaId', replicaId);
  const timeMs = Math.floor(nowMs);
  if (!(timeMs >= 0 && timeMs <= TIME_MS_MAX)) {
    throw new RangeError(`nowMs: expected 0..2^48-1, got ${nowMs}`);
  }
  if (timeMs > latest.timeMs) return { timeMs, counter: 0, replicaId };
  const counter = latest.counter + 1;
  if (!Number.isSafeInteger(counter)) {
    throw new RangeError('latest: expected a counter below 2^53-1, got that');
  }
  return { timeMs: latest.timeMs, counter, replicaId };
}

/**
 * How far `stamp` is ahead of the clock, in milliseconds; 0 if it is not. More than clocks can
 * differ by means that some clock is wrong: that of its maker, or the one here.
 *
 * @param nowMs - The wall clock, in milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { aheadMs, lwwRegister } from '@quorate/crdts';
 *
 * const delta = lwwRegister.set(lwwRegister.bottom, 'a', 'hello', 5_000);
 * aheadMs(delta.stamp, 2_000); // => 3000
 * ```
 */
export function aheadMs(stamp: Stamp, nowMs: number): number {
  return Math.max(0, stamp.timeMs - nowMs);
}
