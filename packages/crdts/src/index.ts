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
