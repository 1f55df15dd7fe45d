export type { ReplicaId } from './replica-id.ts';
export {
  BeforeHistoryError,
  CorruptBytesError,
  CrdtsError,
  type CrdtsErrorCode,
  ForkedReplicaError,
  PendingFullError,
} from './errors.ts';
export { difference, type Lattice } from './lattice.ts';
export type { ApplyOutcome, Replica } from './replica.ts';
export {
  type ChangeOrigin,
  type CompactableLattice,
  ReplicatedValue,
  type ReplicatedValueOptions,
} from './delivery/replicated-value.ts';
export { type FinalCount, type GCounter, gCounter, type Pruning } from './plain/g-counter.ts';
export { type Combine, emptyMap, SortedMap } from './plain/sorted-map.ts';
export {
  type BoundedCounter,
  boundedCounter,
  type EscrowOutcome,
  type EscrowRow,
} from './plain/bounded-counter.ts';
export { type GSet, gSet } from './plain/g-set.ts';
export { type PnCounter, pnCounter, type PnPruning } from './plain/pn-counter.ts';
export { type Phase, type TwoPhaseSet, twoPhaseSet } from './plain/two-phase-set.ts';
