import { type BatchMark, NO_TRUNCATION } from './log-format.ts';

/** What the log is after some batch. Small: the entries themselves are in the index. */
export interface LogState {
  readonly lastIndex: number;
  /** Entries up to this one are compacted away. */
  readonly compactedIndex: number;
  /** The term of the entry at `compactedIndex`. */
  readonly compactedTerm: number;
  /** How many batches removed entries, ever. */
  readonly truncationCount: number;
  /** The lowest index removed in this segment, or `NO_TRUNCATION`. */
  readonly lowestTruncation: number;
  /** How many metadata records there were. */
  readonly metadataVersion: number;
  /** The last of them. */
  readonly metadata: Uint8Array | undefined;
  /** The version `metadata` has; lower than `metadataVersion` if the last record was lost. */
  readonly knownMetadataVersion: number;
  /** The chain after the batch; undefined if damage keeps it from being known. */
  readonly chain: number | undefined;
}

/** What a batch says about the log, wherever its bytes lie. */
export type StateMark = Pick<
  BatchMark,
  | 'entryCount'
  | 'metadataBytes'
  | 'fromIndex'
  | 'compactedIndex'
  | 'compactedTerm'
  | 'previousLastIndex'
  | 'truncationCount'
  | 'lowestTruncation'
  | 'metadataVersion'
>;

/** The state of a log to which nothing was ever written. */
export const EMPTY_STATE: LogState = {
  lastIndex: 0,
  compactedIndex: 0,
  compactedTerm: 0,
  truncationCount: 0,
  lowestTruncation: NO_TRUNCATION,
  metadataVersion: 0,
  metadata: undefined,
  knownMetadataVersion: 0,
  chain: 0,
};

/** The state after a batch: all of it follows from the batch's mark, but metadata and chain. */
export function stateAfter(
  before: LogState,
  mark: StateMark,
  details: {
    readonly metadata: Uint8Array | undefined;
    readonly chain: number | undefined;
    readonly isFirstInSegment: boolean;
  },
): LogState {
  const { metadata, chain, isFirstInSegment } = details;
  const isTruncation = mark.fromIndex <= mark.previousLastIndex;
  const lowest = isFirstInSegment ? NO_TRUNCATION : mark.lowestTruncation;
  const isKnown = metadata !== undefined;
  return {
    lastIndex: mark.fromIndex + mark.entryCount - 1,
    compactedIndex: mark.compactedIndex,
    compactedTerm: mark.compactedTerm,
    truncationCount: mark.truncationCount + (isTruncation ? 1 : 0),
    lowestTruncation: isTruncation ? Math.min(lowest, mark.fromIndex) : lowest,
    metadataVersion: mark.metadataVersion,
    metadata: metadata ?? before.metadata,
    knownMetadataVersion: isKnown ? mark.metadataVersion : before.knownMetadataVersion,
    chain,
  };
}
