/** One entry of a replicated log, as the write-ahead log keeps it. */
export interface LogEntry {
  /** Position in the log, from 1. */
  readonly logIndex: number;
  /** The term in which a leader created it. 0..2^53-1. */
  readonly term: number;
  /** What the payload means, 0..255. The log does not look at it. */
  readonly type: number;
  /** The content. The log does not look at it. */
  readonly payload: Uint8Array;
}

/** What one `append` makes durable, all of it or nothing. */
export interface LogBatch {
  /** First removes every entry from this index on. At least the first index. */
  readonly truncateFrom?: number;
  /** Then appends these, gapless from the last index on. */
  readonly entries: readonly LogEntry[];
  /** And replaces the metadata record (Raft's hard state): at most 4 096 bytes, opaque. */
  readonly metadata?: Uint8Array;
}

/** An entry that was durable once and cannot be read any more. */
export interface DamagedEntry {
  readonly logIndex: number;
  /** Known if the header survived or a neighbour tells. */
  readonly term: number | undefined;
  /** File and position, for the operator. */
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}
