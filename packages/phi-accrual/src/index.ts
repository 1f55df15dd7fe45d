export { createDetector } from './create-detector.ts';
export type {
  ChenOptions,
  DetectorOptions,
  FixedOptions,
  IntervalOptions,
  NormalOptions,
  ScheduledOptions,
  TwoWindowOptions,
} from './detector-options.ts';
export type { ArrivalEstimate, DetectorKind, FailureDetector } from './detector.ts';
export { PhiAccrualError, type PhiAccrualErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export { normalDeviations, normalPhi } from './tails/normal.ts';
