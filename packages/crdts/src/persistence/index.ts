/**
 * Replicas that come back after a crash.
 *
 * @packageDocumentation
 */
export { ClosedError } from '../closed-error.ts';
export { DiskStore, type DiskStoreOptions } from './disk-store.ts';
export {
  DurableReplica,
  type DurableReplicaOptions,
  type LoadableReplica,
} from './durable-replica.ts';
export {
  type ForeignRows,
  type StoredReplica,
  StoreFullError,
  StoreGoneError,
  StoreUnavailableError,
  type UpdateStore,
} from './update-store.ts';
