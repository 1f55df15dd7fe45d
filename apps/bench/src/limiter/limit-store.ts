import type { RatePolicy } from '@quorate/rate-limiter';

/** A store under measurement, with its server. */
export interface LimitStore {
  /** Decides about one key at a cost of 1. */
  decide(key: string): Promise<unknown>;
  /** Round trips to another process so far. */
  roundTrips(): number;
  close(): Promise<void>;
}

/** Opens a store that decides by `policy`. Throws `CannotRun` where there is no server for it. */
export type OpenLimitStore = (policy: RatePolicy) => Promise<LimitStore>;
