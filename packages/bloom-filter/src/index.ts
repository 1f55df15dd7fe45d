export type { AddOutcome, Filter, FilterKind, FilterStats, GrowingFilter } from './filter.ts';
export { filterKindOf } from './codec/filter-format.ts';
export { InvariantViolation } from './invariant.ts';
