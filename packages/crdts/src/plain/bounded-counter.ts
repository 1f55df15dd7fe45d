/*
 * The bounded counter: a stock that is never oversold, without asking anybody.
 *
 * A counter that goes both ways can fall below zero: two replicas see one ticket left, and each
 * sells it. Asking all others first would prevent that, at the price of all that replication is
 * for. The way out is escrow: what is left is divided beforehand, as rights. Who increments gets as
 * many rights, who decrements spends its own, and who has too few is given some by another. As
 * every right is in one hand, all spend without asking, and the sum cannot be overspent.
 *
 *      a creates 10      a: 10
 *      a gives b 4       a:  6   b: 4
 *      b spends 3        a:  6   b: 1        value 7
 *      b spends 2        refused: 1 available
 *
 * A state has a row for each replica, which only that replica writes, with numbers that only grow:
 * how much it created, how much it spent, and how much it gave to each other one. So the join takes
 * the larger of each number, and a gift that arrives twice is one gift.
 *
 * The bound is zero. For another one, count what is above it; for an upper bound, count what is
 * left below it.
 *
 * Source: Balegas, Serra, Duarte, Ferreira, Shapiro, Rodrigues and Preguiça, "Extending eventually
 * consistent cloud databases for enforcing numeric invariants", SRDS 2015.
 */
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { checkAmount, sumOf } from './amount.ts';
import { emptyMap, SortedMap } from './sorted-map.ts';

/** What one replica did with rights; each number only grows. */
export interface EscrowRow {
  /** How many it created by incrementing. */
  readonly created: number;
  /** How many it spent by decrementing. */
  readonly spent: number;
  /** How many it gave to each other replica. */
  readonly given: SortedMap<number>;
}

/** The state of a bounded counter: a row for each replica. */
export type BoundedCounter = SortedMap<EscrowRow>;

/** Whether rights sufficed. */
export type EscrowOutcome =
  | { readonly kind: 'granted'; readonly delta: BoundedCounter }
  /** The replica holds `available` rights only; nothing was done. Others may give it more. */
  | { readonly kind: 'refused'; readonly available: number };

/**
 * A counter that never falls below zero.
 *
 * @remarks
 * The value of a replica that has not heard of all may be too small or too large; that of all
 * together is never below zero. Join deltas after their causes, as `ReplicatedValue` does: until a
 * creation is known, what was spent of it cannot be taken off, and the value shows 0.
 *
 * A replica that is gone takes its rights with it: they can never be spent. Let it give them away
 * first.
 *
 * @example
 * ```ts
 * import { boundedCounter } from '@quorate/crdts';
 *
 * const stock = boundedCounter.increment(boundedCounter.bottom, 'a', 10);
 * boundedCounter.decrement(stock, 'a', 4).kind; // => 'granted'
 * boundedCounter.decrement(stock, 'b', 1); // => { kind: 'refused', available: 0 }
 * ```
 */
export const boundedCounter = {
  /** Nothing is there to be spent. */
  get bottom(): BoundedCounter {
    return emptyMap;
  },

  /** The larger number of each field of each row. */
  join(left: BoundedCounter, right: BoundedCounter): BoundedCounter {
    return left.union(right, joinRows);
  },

  /** Whether no number of `left` is larger than in `right`. */
  leq(left: BoundedCounter, right: BoundedCounter): boolean {
    return left.every(right, ({ created, spent, given }, id) => {
      const row = right.get(id) ?? NO_ROW;
      return (
        created <= row.created &&
        spent <= row.spent &&
        given.every(row.given, (amount, to) => amount <= (row.given.get(to) ?? 0))
      );
    });
  },

  /** One part for each number. */
  *decompose(state: BoundedCounter): Generator<BoundedCounter> {
    for (const [id, { created, spent, given }] of state) {
      if (created > 0) yield SortedMap.of(id, { ...NO_ROW, created });
      if (spent > 0) yield SortedMap.of(id, { ...NO_ROW, spent });
      for (const [to, amount] of given) {
        yield SortedMap.of(id, { ...NO_ROW, given: SortedMap.of(to, amount) });
      }
    }
  },

  /** What is left, as far as this state knows; at least 0. O(replicas). */
  value(state: BoundedCounter): number {
    let left = 0;
    for (const { created, spent } of state.values()) left += created - spent;
    return Math.max(0, left);
  },

  /** How much `replicaId` may spend, as far as this state knows; at least 0. O(replicas). */
  rights(state: BoundedCounter, replicaId: ReplicaId): number {
    const { created, spent, given } = state.get(replicaId) ?? NO_ROW;
    let rights = created - spent;
    for (const amount of given.values()) rights -= amount;
    for (const row of state.values()) rights += row.given.get(replicaId) ?? 0;
    return Math.max(0, rights);
  },

  /**
   * The delta of adding `amount`, and with it as many rights of `replicaId`.
   *
   * @param replicaId - Who counts. Nobody else may ever use it.
   * @param amount - An integer in 1..2^53-1.
   * @throws RangeError if `amount` is out of range, or all that was ever added would be above
   *   2^53-1.
   */
  increment(state: BoundedCounter, replicaId: ReplicaId, amount = 1): BoundedCounter {
    let all = sumOf(checkAmount(amount), 0);
    for (const row of state.values()) all = sumOf(all, row.created);
    const { created } = rowOf(state, replicaId);
    return SortedMap.of(replicaId, { ...NO_ROW, created: created + amount });
  },

  /**
   * Takes `amount` away, if `replicaId` holds the rights.
   *
   * @throws RangeError if `amount` is out of range.
   */
  decrement(state: BoundedCounter, replicaId: ReplicaId, amount = 1): EscrowOutcome {
    checkAmount(amount);
    const { spent } = rowOf(state, replicaId);
    return granted(state, replicaId, amount, { ...NO_ROW, spent: spent + amount });
  },

  /**
   * Gives `amount` rights of `replicaId` to `to`, which can spend them once it has heard of it.
   *
   * @throws RangeError if `amount` is out of range, or the two are the same.
   */
  transfer(
    state: BoundedCounter,
    replicaId: ReplicaId,
    to: ReplicaId,
    amount: number,
  ): EscrowOutcome {
    checkAmount(amount);
    checkReplicaId('to', to);
    if (to === replicaId) throw new RangeError('to: expected another replica, got the same');
    const before = rowOf(state, replicaId).given.get(to) ?? 0;
    const given = SortedMap.of(to, before + amount);
    return granted(state, replicaId, amount, { ...NO_ROW, given });
  },
};

const NO_ROW: EscrowRow = { created: 0, spent: 0, given: emptyMap };

function rowOf(state: BoundedCounter, replicaId: ReplicaId): EscrowRow {
  return state.get(checkReplicaId('replicaId', replicaId)) ?? NO_ROW;
}

function joinRows(left: EscrowRow, right: EscrowRow): EscrowRow {
  const created = Math.max(left.created, right.created);
  const spent = Math.max(left.spent, right.spent);
  const given = left.given.union(right.given, Math.max);
  const isLeft = created === left.created && spent === left.spent && given === left.given;
  return isLeft ? left : { created, spent, given };
}

function granted(
  state: BoundedCounter,
  id: ReplicaId,
  amount: number,
  row: EscrowRow,
): EscrowOutcome {
  const available = boundedCounter.rights(state, id);
  if (amount > available) return { kind: 'refused', available };
  return { kind: 'granted', delta: SortedMap.of(id, row) };
}
