export {
  CausalBuffer,
  type CausalBufferOptions,
  type CausalMessage,
  type OfferOutcome,
} from './causal-buffer.ts';
export { firstMissing } from './causal-order.ts';
export { VectorClocksError, type VectorClocksErrorCode } from './errors.ts';
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
