export {
  CausalBuffer,
  type CausalBufferOptions,
  type CausalMessage,
  type OfferOutcome,
} from './causal-buffer.ts';
export { firstMissing } from './causal-order.ts';
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
export { InvariantViolation } from './invariant.ts';
export type { Ordering } from './ordering.ts';
export { checkReplicaId, type ReplicaId } from './replica-id.ts';
export {
  type ClockEntry,
  compare,
  increment,
  isBefore,
  isConcurrent,
  merge,
  VectorClock,
} from './vector-clock.ts';
