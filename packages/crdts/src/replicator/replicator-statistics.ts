/** What a replicator has counted since it began. */
export interface ReplicatorCounters {
  /** Updates sent, and their bytes. */
  sentCount: number;
  sentBytes: number;
  /** Updates that arrived and had news, were known, or wait for their past. */
  appliedCount: number;
  duplicateCount: number;
  waitingCount: number;
  /** Updates that did not fit where updates wait; their sender tries again. */
  refusedCount: number;
  /** Updates and versions that decode to nothing, though the message did. */
  corruptCount: number;
  /** Messages about documents that are not here, or that the peer has no access to. */
  strangerCount: number;
  /** Messages of peers beyond `peersMax`. */
  crowdedCount: number;
  /** Messages in pieces that are too large, or fit into nothing. */
  oversizeCount: number;
  /** Versions sent. */
  versionCount: number;
  /** Times that an answer did not come in time. */
  overdueCount: number;
  /** Whole documents sent, as often as they were begun, and taken. */
  wholeSentCount: number;
  wholeTakenCount: number;
}

/** A replicator as it stands, for people and metrics. */
export interface ReplicatorStats extends Readonly<ReplicatorCounters> {
  readonly documentCount: number;
  readonly peerCount: number;
  /** Bytes sent to peers that have not acknowledged them. */
  readonly flightBytes: number;
  /** Bytes of pieces that wait for the rest of their messages, or of a whole document. */
  readonly partialBytes: number;
  /** Deliveries whose bytes did not decode. */
  readonly malformedCount: number;
}

/** All zero. */
export function noCounts(): ReplicatorCounters {
  return {
    sentCount: 0,
    sentBytes: 0,
    appliedCount: 0,
    duplicateCount: 0,
    waitingCount: 0,
    refusedCount: 0,
    corruptCount: 0,
    strangerCount: 0,
    crowdedCount: 0,
    oversizeCount: 0,
    versionCount: 0,
    overdueCount: 0,
    wholeSentCount: 0,
    wholeTakenCount: 0,
  };
}
