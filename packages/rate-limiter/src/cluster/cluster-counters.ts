/** What one node has decided, and how. Everything only rises. */
export interface ClusterCounters {
  /** Checks of keys that this node owns. */
  owned: number;
  /** Checks decided with a lease, without a message. */
  leased: number;
  /** Checks that waited for an owner. */
  waited: number;
  /** Checks decided with this node's share. */
  shared: number;
  /** Leases asked for. */
  leaseRequests: number;
  /** Questions to owners that had no answer in time, or none that could be read. */
  unanswered: number;
  /** Requests of members that did not decode. */
  malformed: number;
}

/** Nothing yet. */
export function noCounts(): ClusterCounters {
  return {
    owned: 0,
    leased: 0,
    waited: 0,
    shared: 0,
    leaseRequests: 0,
    unanswered: 0,
    malformed: 0,
  };
}
