import type { ReplicaId } from '../replica-id.ts';
import { contextOf, nextDot } from './causal-context.ts';
import { type Causal, decomposeCausal, joinCausal, leqCausal, removal } from './causal.ts';
import { type DotFun, dotFun, dotted, noDots } from './dot-fun.ts';

/** A register that shows all values that were written concurrently: `mvRegister`. */
export type MvRegister<Value> = Causal<DotFun<Value>>;

/**
 * The multi-value register: a write replaces what its replica had seen; of writes that did not see
 * each other, all values stay until somebody chooses.
 *
 * @remarks
 * For values that a program or a user can reconcile. Values are taken as they are and compared by
 * nothing: two replicas that write equal values concurrently make two. Source: Almeida, Shoker and
 * Baquero, "Delta state replicated data types", JPDC 2018.
 *
 * @example
 * ```ts
 * import { mvRegister } from '@quorate/crdts';
 *
 * const tea = mvRegister.write(mvRegister.bottom, 'alice', 'tea');
 * const milk = mvRegister.write(mvRegister.bottom, 'bob', 'milk');
 * const both = mvRegister.join(milk, tea);
 * mvRegister.values(both); // => ['tea', 'milk']
 * mvRegister.values(mvRegister.join(both, mvRegister.write(both, 'bob', 'chai'))); // => ['chai']
 * ```
 */
export const mvRegister = {
  /** How its stores join, where it is nested. */
  get store(): typeof dotFun {
    return dotFun;
  },
  /** The register that nobody has written. */
  get bottom(): MvRegister<never> {
    return { store: noDots, context: undefined };
  },
  /** What either knows of. */
  join<Value>(left: MvRegister<Value>, right: MvRegister<Value>): MvRegister<Value> {
    return joinCausal(dotFun, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq<Value>(left: MvRegister<Value>, right: MvRegister<Value>): boolean {
    return leqCausal(dotFun, left, right);
  },
  /** A state for each value, and for each range of those that were replaced. */
  decompose<Value>(state: MvRegister<Value>): Iterable<MvRegister<Value>> {
    return decomposeCausal(dotFun, state);
  },
  /** The values that no write has replaced, by the ids of their writers. None if it was cleared. */
  values<Value>(state: MvRegister<Value>): Value[] {
    return state.store.map(({ value }) => value);
  },
  /**
   * The delta that replaces all values of `state` by `value`.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  write<Value>(state: MvRegister<Value>, replicaId: ReplicaId, value: Value): MvRegister<Value> {
    const dot = nextDot(state.context, replicaId);
    return { store: dotted(dot, value), context: contextOf([dot, ...state.store]) };
  },
  /** The delta that leaves no value of `state`. */
  clear(state: MvRegister<unknown>): MvRegister<never> {
    return removal(noDots, dotFun.ranges(state.store));
  },
};
