import {
  type CausalContext,
  type Dot,
  type DotRange,
  hasDot,
  rangesOfDots,
} from './causal-context.ts';

/** A dot and what it stands for. */
export interface DottedValue<Value> extends Dot {
  readonly value: Value;
}

/**
 * A store of dots with a value each: those of one register, flag or element, so mostly one. By
 * ascending replica ids and counters.
 */
export type DotFun<Value> = readonly DottedValue<Value>[];

/** Dots that stand for nothing but themselves: those of an element of a set, or of a flag. */
export type DotSet = DotFun<true>;

/** The store of no dots. */
export const noDots: DotFun<never> = [];

/** How stores of dots with values join. */
export const dotFun = {
  /** No dots. */
  get empty(): DotFun<never> {
    return noDots;
  },
  /** How many dots there are. */
  sizeOf(store: DotFun<unknown>): number {
    return store.length;
  },
  /** Keeps what both have, and of each what the other does not know of. */
  absorb<Value>(
    left: DotFun<Value>,
    leftContext: CausalContext,
    right: DotFun<Value>,
    rightContext: CausalContext,
  ): DotFun<Value> {
    return absorbDots(left, leftContext, right, rightContext, (value) => value);
  },
  /** The dots. */
  dots(store: DotFun<unknown>): Iterable<Dot> {
    return store;
  },
  /** The dots, each standing for itself. */
  ranges(store: DotFun<unknown>): Iterable<DotRange> {
    return rangesOfDots(store);
  },
  /** A store for each dot. */
  parts<Value>(store: DotFun<Value>): Iterable<DotFun<Value>> {
    return store.map((dotted) => [dotted]);
  },
};

/**
 * The join of two stores of dots; `left` itself, if it is that.
 *
 * @param combine - The value of a dot that both have.
 */
export function absorbDots<Value>(
  left: DotFun<Value>,
  leftContext: CausalContext,
  right: DotFun<Value>,
  rightContext: CausalContext,
  combine: (left: Value, right: Value) => Value,
): DotFun<Value> {
  if (left === right) return left;
  const kept: DottedValue<Value>[] = [];
  let one = 0;
  let other = 0;
  let isLeft = true;
  while (one < left.length || other < right.length) {
    const mine = left[one];
    const theirs = right[other];
    const order = mine === undefined ? 1 : theirs === undefined ? -1 : compareDots(mine, theirs);
    if (order <= 0) one += 1;
    if (order >= 0) other += 1;
    if (mine !== undefined && theirs !== undefined && order === 0) {
      const value = combine(mine.value, theirs.value);
      isLeft &&= value === mine.value;
      kept.push(value === mine.value ? mine : { ...mine, value });
    } else if (mine !== undefined && order < 0) {
      if (hasDot(rightContext, mine.replicaId, mine.counter)) isLeft = false;
      else kept.push(mine);
    } else if (theirs !== undefined && !hasDot(leftContext, theirs.replicaId, theirs.counter)) {
      isLeft = false;
      kept.push(theirs);
    }
  }
  if (isLeft) return left;
  return kept.length === 0 ? noDots : kept;
}

/** The store of one dot. */
export function dotted<Value>(dot: Dot, value: Value): DotFun<Value> {
  return [{ ...dot, value }];
}

/** Orders dots by replica id, then by counter: to list them, it says nothing of time. */
export function compareDots(left: Dot, right: Dot): number {
  if (left.replicaId !== right.replicaId) return left.replicaId < right.replicaId ? -1 : 1;
  return left.counter - right.counter;
}
