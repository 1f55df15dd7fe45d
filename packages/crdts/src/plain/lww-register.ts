/*
 * The register in which the last write wins.
 *
 * A state is a value and the stamp of its write; the join takes the later one. Concurrent writes
 * are decided, not kept: one of them is lost without a word. That suits a cursor position or a
 * title that somebody corrects again; where a lost write hurts, keep all concurrent values instead
 * (`mvRegister`).
 *
 * All depends on what "last" is; see `hybrid-time.ts`.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 */
import type { ReplicaId } from '../replica-id.ts';
import { compareStamps, nextStamp, NO_STAMP, type Stamp } from './hybrid-time.ts';

/** The state of a register, and its only delta: the whole of it. */
export interface LwwRegister<Value> {
  /** Of the last write. */
  readonly stamp: Stamp;
  /** What was written; `undefined` before the first write. */
  readonly value: Value | undefined;
}

/**
 * A register of one value; the last write wins.
 *
 * @remarks All O(1).
 *
 * @example
 * ```ts
 * import { lwwRegister } from '@quorate/crdts';
 *
 * const left = lwwRegister.set(lwwRegister.bottom, 'a', 'early', 1_000);
 * const right = lwwRegister.set(lwwRegister.bottom, 'b', 'late', 2_000);
 * lwwRegister.value(lwwRegister.join(right, left)); // => 'late'
 * ```
 */
export const lwwRegister = {
  /** Nothing was written. */
  get bottom(): LwwRegister<never> {
    return bottom;
  },

  /** The later of two writes. */
  join<Value>(left: LwwRegister<Value>, right: LwwRegister<Value>): LwwRegister<Value> {
    return compareStamps(left.stamp, right.stamp) < 0 ? right : left;
  },

  /** Whether `right` is the same write or a later one. */
  leq<Value>(left: LwwRegister<Value>, right: LwwRegister<Value>): boolean {
    return compareStamps(left.stamp, right.stamp) <= 0;
  },

  /** The register itself, if something was written. */
  *decompose<Value>(state: LwwRegister<Value>): Generator<LwwRegister<Value>> {
    if (state.stamp.replicaId !== '') yield state;
  },

  /** What was written last; `undefined` before the first write. */
  value<Value>(state: LwwRegister<Value>): Value | undefined {
    return state.value;
  },

  /**
   * The delta of writing `value`: it wins over all that `state` has seen.
   *
   * @param replicaId - Who writes. Nobody else may ever use it.
   * @param nowMs - The wall clock, in milliseconds since 1970; 0..2^48-1. It may be wrong.
   * @throws TypeError if `value` is `undefined`; RangeError if another argument is out of range.
   */
  set<Value>(
    state: LwwRegister<Value>,
    replicaId: ReplicaId,
    value: Value,
    nowMs: number,
  ): LwwRegister<Value> {
    if (value === undefined) throw new TypeError('value: expected one, got undefined');
    return { stamp: nextStamp(state.stamp, replicaId, nowMs), value };
  },
};

const bottom: LwwRegister<never> = { stamp: NO_STAMP, value: undefined };
