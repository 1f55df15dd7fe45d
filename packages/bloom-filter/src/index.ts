export { BloomFilterError, type BloomFilterErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export {
  initialBloomFilterState,
  step,
  type BloomFilterInput,
  type BloomFilterState,
} from './bloom-filter.ts';
