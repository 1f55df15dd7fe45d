/** What a member has counted since it began. */
export interface BroadcastCounters {
  /** Accepted by `publish`. */
  publishedCount: number;
  /** Given to `onDeliver`, its own included. */
  deliveredCount: number;
  /** Arrived again, and ignored. */
  duplicateCount: number;
  /** Arrived, would have had to wait, and did not fit. */
  refusedCount: number;
  /** From processes that are no members, of origins that are not spoken of, or published later. */
  strangerCount: number;
  /** Of departed members, given up because nobody has what they depend on. */
  lostCount: number;
  /** Requests for missing messages that were sent. */
  wantedCount: number;
  /** Messages sent because somebody asked. */
  repairedCount: number;
  /** Reports sent. */
  reportedCount: number;
}

/** A member as it stands, for people and metrics. */
export interface BroadcastStats extends Readonly<BroadcastCounters> {
  readonly epoch: number;
  readonly memberCount: number;
  /** Messages that wait for others, and their bytes. */
  readonly waitingCount: number;
  readonly waitingBytes: number;
  /** Messages kept for others, and their bytes. */
  readonly keptCount: number;
  readonly keptBytes: number;
  /** Deliveries whose bytes did not decode. */
  readonly malformedCount: number;
}

/** All zero. */
export function noCounts(): BroadcastCounters {
  return {
    publishedCount: 0,
    deliveredCount: 0,
    duplicateCount: 0,
    refusedCount: 0,
    strangerCount: 0,
    lostCount: 0,
    wantedCount: 0,
    repairedCount: 0,
    reportedCount: 0,
  };
}
