/*
 * A counter that can be reset, and be removed with the key of a map that holds it.
 *
 * A reset takes away what its replica had seen, no more: a vote that is given at the same time
 * counts. The usual way keeps one number for each replica, and an increment replaces the number of
 * its own replica. That brings back what was reset: a replica has 5, another resets it, the first
 * adds 1 at the same time, and its new number is 6, of which nobody knows that 5 are gone. Only the
 * counts as they were at each moment that others may have seen would tell.
 *
 * So each increment stands for itself, as a dot with an amount, and a reset forgets the dots that
 * it has seen. It is exact. The price is a dot for each increment since the last reset; `settle`
 * makes one of many as soon as no reset can come that has seen some of them only:
 *
 *   a1: +2   a2: +1   a3: +4      a1..a2 stable     a2 and a1: +3   a3: +4
 *
 * The names stay, as ranges: a reset must tell them to those who have not made one of them yet.
 *
 * A counter that is never reset is better off as a `pnCounter`.
 *
 * Source: the problem is that of Almeida, Shoker and Baquero, "Delta state replicated data types",
 * JPDC 2018, whose causal counter is of the usual way, and departs from it as told.
 */
import type { ReplicaId } from '../replica-id.ts';
import {
  type CausalContext,
  contextOf,
  type CounterRanges,
  hasDot,
  joinRanges,
  nextDot,
  rangesOf,
  rangesOfDots,
} from './causal-context.ts';
import {
  type Causal,
  settleCausal,
  decomposeCausal,
  type DotStore,
  joinCausal,
  leqCausal,
  removal,
} from './causal.ts';
import { leaf } from '../ordered-map.ts';
import { absorbDots, type DotFun, dotFun, dotted, type DottedValue, noDots } from './dot-fun.ts';

/** What one dot stands for: an increment, or several of one replica, of which it is the last. */
export interface Tally {
  /** The sum of them. A safe integer. */
  readonly amount: number;
  /** The counters of the others, all below that of the dot. */
  readonly earlier: CounterRanges;
}

/** A counter: `causalCounter`. */
export type CausalCounter = Causal<DotFun<Tally>>;

const tallies: DotStore<DotFun<Tally>> = {
  empty: noDots,
  sizeOf: (store) => store.length,
  // One of the two may be the sum of more; then the increments in it are in both contexts.
  absorb: (left, leftContext, right, rightContext) =>
    absorbDots(left, leftContext, right, rightContext, (mine, theirs) =>
      theirs.earlier.length > 0 && mine.earlier.length === 0 ? theirs : mine,
    ),
  dots: (store) => store,
  *ranges(store) {
    yield* rangesOfDots(store);
    for (const { replicaId, value } of store) {
      yield* rangesOf(leaf(replicaId, value.earlier));
    }
  },
  parts: (store) => dotFun.parts(store),
  settle: settleTallies,
};

/**
 * The resettable counter: a reset takes away the increments that it has seen, and no others.
 *
 * @remarks
 * O(increments since the last reset or `settle`) for everything. For values of an `awMap`, and for
 * counts that are reset; else take a `pnCounter`, which is O(replicas).
 *
 * @example
 * ```ts
 * import { causalCounter } from '@quorate/crdts';
 *
 * const two = causalCounter.increment(causalCounter.bottom, 'alice', 2);
 * const reset = causalCounter.join(two, causalCounter.reset(two));
 * const three = causalCounter.join(two, causalCounter.increment(two, 'bob'));
 * causalCounter.value(three); // => 3
 * causalCounter.value(causalCounter.join(reset, three)); // => 1
 * ```
 */
export const causalCounter = {
  /** How its stores join, where it is nested. */
  get store(): DotStore<DotFun<Tally>> {
    return tallies;
  },
  /** The counter of a replica that has seen nothing: 0. */
  get bottom(): CausalCounter {
    return { store: noDots, context: undefined };
  },
  /** What either knows of. */
  join(left: CausalCounter, right: CausalCounter): CausalCounter {
    return joinCausal(tallies, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq(left: CausalCounter, right: CausalCounter): boolean {
    return leqCausal(tallies, left, right);
  },
  /** A state for each tally that stands, and for each range of dots that are gone. */
  decompose(state: CausalCounter): Iterable<CausalCounter> {
    return decomposeCausal(tallies, state);
  },
  /** The sum of the increments that no reset has taken away. Exact up to 2^53. */
  value(state: CausalCounter): number {
    return state.store.reduce((sum, { value }) => sum + value.amount, 0);
  },
  /**
   * The delta that adds `amount`.
   *
   * @param amount - A safe integer, below 0 to count down.
   * @throws RangeError if `amount` is none; RangeError or TypeError if `replicaId` can name no
   *   replica.
   */
  increment(state: CausalCounter, replicaId: ReplicaId, amount = 1): CausalCounter {
    if (!Number.isSafeInteger(amount)) {
      throw new RangeError(`amount: expected a safe integer, got ${amount}`);
    }
    const dot = nextDot(state.context, replicaId);
    return { store: dotted(dot, { amount, earlier: [] }), context: contextOf([dot]) };
  },
  /** The delta that takes away what `state` has seen. */
  reset(state: CausalCounter): CausalCounter {
    return removal(noDots, tallies.ranges(state.store));
  },
  /**
   * The delta that makes one tally of all stable ones of a replica.
   *
   * @param stable - A state that every replica has, before which nothing is on its way to here:
   *   also no reset by somebody who had not seen all of it.
   * @remarks The value is the same. O(tallies).
   */
  settle(state: CausalCounter, stable: CausalCounter): CausalCounter {
    return settleCausal(tallies, state, stable.context);
  },
};

function settleTallies(store: DotFun<Tally>, stable: CausalContext): DotFun<Tally> {
  const settled: DottedValue<Tally>[] = [];
  for (const next of store) {
    const last = settled.at(-1);
    const amount = (last?.value.amount ?? 0) + next.value.amount;
    const isOne = last?.replicaId === next.replicaId && Number.isSafeInteger(amount);
    const isStable = [last, next].every(
      (tally) => tally !== undefined && hasDot(stable, tally.replicaId, tally.counter),
    );
    if (isOne && isStable) {
      const known = joinRanges(last.value.earlier, [last.counter, last.counter]);
      const earlier = joinRanges(known, next.value.earlier);
      settled.pop();
      settled.push({ ...next, value: { amount, earlier } });
    } else {
      settled.push(next);
    }
  }
  return settled.length === store.length ? store : settled;
}
