import type { ReplicaId } from '../replica-id.ts';
import { contextOf, nextDot } from './causal-context.ts';
import {
  type Causal,
  settleCausal,
  decomposeCausal,
  type DotStore,
  joinCausal,
  leqCausal,
} from './causal.ts';
import { type DotFun, dotted, noDots } from './dot-fun.ts';
import { isUnanimous, unanimousDots } from './unanimous-dots.ts';

/** A flag: `dwFlag`. */
export type DwFlag = Causal<DotFun<boolean>>;

/**
 * The disable-wins flag: what one disables while another enables it is disabled. Disabled at first.
 *
 * @remarks
 * A dot for each of the newest changes that are concurrent: mostly one. Source: Almeida, Shoker and
 * Baquero, "Delta state replicated data types", JPDC 2018. Departs from it: there, a flag that
 * nobody has touched is enabled, as only disabling leaves a dot; here both do.
 *
 * @example
 * ```ts
 * import { dwFlag } from '@quorate/crdts';
 *
 * const enabled = dwFlag.enable(dwFlag.bottom, 'alice');
 * const disabled = dwFlag.join(enabled, dwFlag.disable(enabled, 'alice'));
 * const joined = dwFlag.join(disabled, dwFlag.enable(enabled, 'bob'));
 * dwFlag.isEnabled(joined); // => false
 * dwFlag.isEnabled(dwFlag.join(joined, dwFlag.enable(joined, 'bob'))); // => true
 * ```
 */
export const dwFlag = {
  /** How its stores join, where it is nested. */
  get store(): DotStore<DotFun<boolean>> {
    return unanimousDots;
  },
  /** The disabled flag of a replica that has seen nothing. */
  get bottom(): DwFlag {
    return { store: noDots, context: undefined };
  },
  /** What either knows of. */
  join(left: DwFlag, right: DwFlag): DwFlag {
    return joinCausal(unanimousDots, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq(left: DwFlag, right: DwFlag): boolean {
    return leqCausal(unanimousDots, left, right);
  },
  /** A state for each change that stands, and for each range of those that are gone. */
  decompose(state: DwFlag): Iterable<DwFlag> {
    return decomposeCausal(unanimousDots, state);
  },
  /** Whether it is enabled. */
  isEnabled({ store }: DwFlag): boolean {
    return isUnanimous(store);
  },
  /**
   * The delta that enables it.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  enable(state: DwFlag, replicaId: ReplicaId): DwFlag {
    const dot = nextDot(state.context, replicaId);
    return { store: dotted(dot, true), context: contextOf([dot, ...state.store]) };
  },
  /**
   * The delta that disables it, also if it is, so that a concurrent enabling fails.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  disable(state: DwFlag, replicaId: ReplicaId): DwFlag {
    const dot = nextDot(state.context, replicaId);
    return { store: dotted(dot, false), context: contextOf([dot, ...state.store]) };
  },
  /**
   * The delta that drops what is left of disablings.
   *
   * @param stable - A state that every replica has, before which nothing is on its way to here.
   */
  settle(state: DwFlag, stable: DwFlag): DwFlag {
    return settleCausal(unanimousDots, state, stable.context);
  },
};
