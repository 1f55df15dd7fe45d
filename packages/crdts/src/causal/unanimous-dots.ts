import { type CausalContext, hasDot } from './causal-context.ts';
import type { DotStore } from './causal.ts';
import { type DotFun, dotFun, noDots } from './dot-fun.ts';

/** Dots that say yes or no: of all who spoke last, at the same time, one no suffices. */
export const unanimousDots: DotStore<DotFun<boolean>> = {
  empty: noDots,
  sizeOf: (store) => store.length,
  absorb: (left, leftContext, right, rightContext) =>
    dotFun.absorb(left, leftContext, right, rightContext),
  dots: (store) => store,
  ranges: (store) => dotFun.ranges(store),
  parts: (store) => dotFun.parts(store),
  // A no is kept for a yes that has not seen it. Once all have, none can come.
  settle: (store, stable) => (!isUnanimous(store) && isStable(store, stable) ? noDots : store),
};

/** Whether somebody said yes, and nobody no. */
export function isUnanimous(store: DotFun<boolean>): boolean {
  return store.length > 0 && store.every(({ value }) => value);
}

function isStable(store: DotFun<boolean>, stable: CausalContext): boolean {
  return store.every(({ replicaId, counter }) => hasDot(stable, replicaId, counter));
}
