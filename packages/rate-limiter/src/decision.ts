/** What a limiter decides about one request. A value: being limited is no exception. */
export type Decision = Admitted | Limited;

interface DecisionBase {
  /** The policy that binds most. */
  readonly policyName: string;
  /** Its `limit`, as it is now. */
  readonly limit: number;
  /** Cost that would be admitted at once. An integer of at least 0. */
  readonly remaining: number;
  /** After which all of it is there again, if nothing comes meanwhile. */
  readonly resetAfterMs: number;
}

/** The request may go on. Its cost is charged. */
export interface Admitted extends DecisionBase {
  readonly kind: 'admitted';
  /**
   * `'shadow'`: it would have been limited, and the policy only watches. `'storeFailed'`: nobody
   * could be asked in time, and the limiter was told to be open then. `'localShare'`: nobody could
   * be asked, and this process' own share had room.
   */
  readonly reason: 'withinLimit' | 'shadow' | 'storeFailed' | 'localShare';
  /** Names the charge for `refund`. Only there if it was asked for and something was charged. */
  readonly chargeId?: string;
}

/** The request is not to go on. Nothing was charged. */
export interface Limited extends DecisionBase {
  readonly kind: 'limited';
  /**
   * `'costAboveLimit'`: it is never admitted, however long one waits. `'blocked'`: the key is
   * blocked. `'storeFailed'`: nobody could be asked in time, and the limiter was told to be closed.
   * `'localShare'`: nobody could be asked, and this process' own share is used up.
   */
  readonly reason: 'limitReached' | 'costAboveLimit' | 'blocked' | 'storeFailed' | 'localShare';
  /** Waiting so long suffices if nobody else comes, and less does not. Infinity for never. */
  readonly retryAfterMs: number;
}
