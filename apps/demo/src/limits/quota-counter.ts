import type { Decision, RatePolicy } from '@quorate/rate-limiter';
import type { HttpLimit } from '@quorate/rate-limiter/http';
import type { NodeId } from '@quorate/transport';

/** Counts the requests of clients for the whole cluster. */
export interface QuotaCounter {
  /** Where it counts. */
  readonly store: 'cluster' | 'redis';
  /** Whether it can be asked, as far as is known. Those who count by themselves always can. */
  readonly isReachable: boolean;
  /** Questions that had no answer in time. */
  readonly failureCount: number;
  /** Holds requests against `policy`, which is frozen. */
  limitOf(policy: RatePolicy): HttpLimit;
  /** Who counted when a request of `key` was decided for `reason`. */
  originOf(key: string, reason: Decision['reason']): Origin;
  /** These nodes let requests in from now on; at least one. */
  setMembers(members: readonly NodeId[]): void;
  /** Closes what it has opened. */
  close(): Promise<void>;
}

/** Who counts, and how this node came to a decision. */
export interface Origin {
  /** A node, or `redis`. */
  readonly countedBy: string;
  /** By counting, by a part leased from who counts, by asking, or cut off, by its own share. */
  readonly source: 'owned' | 'lease' | 'redis' | 'localShare';
}
