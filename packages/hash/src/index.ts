export { HashError, type HashErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export { initialHashState, step, type HashInput, type HashState } from './hash.ts';
