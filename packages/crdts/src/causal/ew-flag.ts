import type { ReplicaId } from '../replica-id.ts';
import { contextOf, nextDot } from './causal-context.ts';
import {
  type Causal,
  decomposeCausal,
  type DotStore,
  joinCausal,
  leqCausal,
  removal,
} from './causal.ts';
import { dotFun, type DotSet, dotted, noDots } from './dot-fun.ts';

/** A flag: `ewFlag`. */
export type EwFlag = Causal<DotSet>;

/**
 * The enable-wins flag: what one enables while another disables it is enabled. Disabled at first.
 *
 * @remarks
 * A dot for each enabling that nobody has seen and replaced: mostly one. Source: Almeida, Shoker
 * and Baquero, "Delta state replicated data types", JPDC 2018.
 *
 * @example
 * ```ts
 * import { ewFlag } from '@quorate/crdts';
 *
 * const enabled = ewFlag.enable(ewFlag.bottom, 'alice');
 * const disabled = ewFlag.join(enabled, ewFlag.disable(enabled));
 * ewFlag.isEnabled(disabled); // => false
 * ewFlag.isEnabled(ewFlag.join(disabled, ewFlag.enable(enabled, 'bob'))); // => true
 * ```
 */
export const ewFlag = {
  /** How its stores join, where it is nested. */
  get store(): DotStore<DotSet> {
    return dotFun;
  },
  /** The disabled flag of a replica that has seen nothing. */
  get bottom(): EwFlag {
    return { store: noDots, context: undefined };
  },
  /** What either knows of. */
  join(left: EwFlag, right: EwFlag): EwFlag {
    return joinCausal(dotFun, left, right);
  },
  /** Whether `right` knows all that `left` knows. */
  leq(left: EwFlag, right: EwFlag): boolean {
    return leqCausal(dotFun, left, right);
  },
  /** A state for each enabling that stands, and for each range of those that are gone. */
  decompose(state: EwFlag): Iterable<EwFlag> {
    return decomposeCausal(dotFun, state);
  },
  /** Whether it is enabled. */
  isEnabled(state: EwFlag): boolean {
    return state.store.length > 0;
  },
  /**
   * The delta that enables it, also if it is, so that it outlives a concurrent disabling.
   *
   * @throws RangeError or TypeError if `replicaId` can name no replica.
   */
  enable(state: EwFlag, replicaId: ReplicaId): EwFlag {
    const dot = nextDot(state.context, replicaId);
    return { store: dotted(dot, true), context: contextOf([dot, ...state.store]) };
  },
  /** The delta that disables it, as far as `state` has seen it enabled. */
  disable(state: EwFlag): EwFlag {
    return removal(noDots, dotFun.ranges(state.store));
  },
};
