export {
  BloomClock,
  type BloomClockShape,
  bloomClockShape,
  compareBloomClocks,
  falseOrderRate,
} from './bloom-clock.ts';
export {
  CausalBuffer,
  type CausalBufferOptions,
  type CausalMessage,
  type OfferOutcome,
} from './causal-buffer.ts';
export { firstMissing } from './causal-order.ts';
export { CausalStability, meet, stableCut } from './causal-stability.ts';
export { compareDots, type Dot, dot } from './dot.ts';
export {
  compareDotted,
  contextOf,
  type DottedVersionVector,
  nextVersion,
  syncVersions,
} from './dotted-version-vector.ts';
export { type DvvEntry, DvvSet } from './dvv-set.ts';
export { VectorClocksError, type VectorClocksErrorCode } from './errors.ts';
export {
  HybridClock,
  HybridClockExhaustedError,
  type HybridClockOptions,
  type ReceiveOutcome,
  type TickOutcome,
  type WitnessOutcome,
} from './hybrid/hybrid-clock.ts';
export {
  compareTimestamps,
  formatTimestamp,
  type HybridTimestamp,
  parseTimestamp,
  timestampFromBigint,
  timestampHigh,
  timestampLow,
  timestampOfHalves,
  timestampToBigint,
} from './hybrid/hybrid-timestamp.ts';
export { formatHybridHeader, HYBRID_TIME_HEADER, parseHybridHeader } from './hybrid/http-header.ts';
export { WallJumps, type WallJumpOptions } from './hybrid/wall-jumps.ts';
export type { EventNode, EventTree } from './interval-tree/event-tree.ts';
export type { Identity, IdentityNode } from './interval-tree/identity.ts';
export { IntervalTreeStamp } from './interval-tree/stamp.ts';
export { InvariantViolation } from './invariant.ts';
export {
  compareLamportStamps,
  LamportClock,
  type LamportClockOptions,
  type LamportStamp,
} from './lamport-clock.ts';
export { MatrixClock, type MatrixRow } from './matrix-clock.ts';
export type { NumberRuns } from './number-runs.ts';
export type { Ordering } from './ordering.ts';
export { ProcessClock } from './process-clock.ts';
export {
  type PrunedClock,
  type PrunedComparison,
  type PruneOutcome,
  type Pruning,
  PruningLog,
  type PruningRefusal,
  type RestoreOutcome,
} from './pruning.ts';
export { checkReplicaId, type ReplicaId } from './replica-id.ts';
export { ReplicaTable } from './replica-table.ts';
export {
  isPast,
  isToCome,
  type TimeInterval,
  timeInterval,
  uncertaintyMs,
  type UncertaintyOptions,
} from './true-time/time-interval.ts';
export {
  type ClockEntry,
  compare,
  increment,
  isBefore,
  isConcurrent,
  merge,
  VectorClock,
} from './vector-clock.ts';
export {
  covers,
  type DotRange,
  missingDots,
  nextDot,
  type VersionVector,
} from './version-vector.ts';
export {
  type ExceptionOptions,
  VersionVectorWithExceptions,
} from './version-vector-with-exceptions.ts';
