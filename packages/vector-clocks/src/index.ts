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
