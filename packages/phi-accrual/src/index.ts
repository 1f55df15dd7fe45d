export type { DetectorKind, FailureDetector } from './detector.ts';
export { PhiAccrualError, type PhiAccrualErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
