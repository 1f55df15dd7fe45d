/**
 * Quotas counted by the nodes themselves: each client by one of them, from which the others lease
 * small parts, and who cannot reach it decides with a share of his own.
 */
import type { Decision, RatePolicy } from '@quorate/rate-limiter';
import { ClusterStore, type Placement, rendezvousPlacement } from '@quorate/rate-limiter/cluster';
import { type HttpLimit, storeLimit } from '@quorate/rate-limiter/http';
import type { Clock, NodeId, Requester } from '@quorate/transport';

import type { Origin, QuotaCounter } from './quota-counter.ts';

/** Charges that can be given back: more than there are requests under way. */
const CHARGES_MAX = 2_048;

/** Counts on the nodes, which ask each other by a requester. */
export class ClusterQuotas implements QuotaCounter {
  readonly store = 'cluster';
  readonly isReachable = true;
  readonly #localId: NodeId;
  readonly #limits: ClusterStore;
  #placement: Placement;

  constructor(options: {
    readonly localId: NodeId;
    readonly requester: Requester;
    readonly clock: Clock;
  }) {
    this.#localId = options.localId;
    this.#placement = rendezvousPlacement([options.localId]);
    const placement = this.#placement;
    this.#limits = new ClusterStore({ ...options, placement, chargesMax: CHARGES_MAX });
  }

  get failureCount(): number {
    return this.#limits.counters.unanswered;
  }

  limitOf(policy: RatePolicy): HttpLimit {
    return storeLimit(this.#limits, [policy]);
  }

  originOf(key: string, reason: Decision['reason']): Origin {
    const countedBy = this.#placement.ownerOf(key);
    if (reason === 'localShare') return { countedBy, source: reason };
    return { countedBy, source: countedBy === this.#localId ? 'owned' : 'lease' };
  }

  setMembers(members: readonly NodeId[]): void {
    this.#placement = rendezvousPlacement(members);
    this.#limits.setPlacement(this.#placement);
  }

  close(): Promise<void> {
    return this.#limits.close();
  }
}
