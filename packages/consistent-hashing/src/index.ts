export { ConsistentHashingError, type ConsistentHashingErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export {
  initialConsistentHashingState,
  step,
  type ConsistentHashingInput,
  type ConsistentHashingState,
} from './consistent-hashing.ts';
