export type { Disk, DiskFile, OpenOptions } from './disk.ts';
export {
  DiskError,
  type DiskErrorCode,
  LogDamagedError,
  LogError,
  type LogErrorCode,
  SnapshotError,
} from './errors.ts';
export type { IncomingSnapshot } from './incoming-snapshot.ts';
export type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
export type { DamagedSnapshot, SnapshotHeader, SnapshotIdentity } from './snapshot-format.ts';
export {
  SnapshotStore,
  type SnapshotStoreOptions,
  type SnapshotStream,
  type StoredSnapshot,
} from './snapshot-store.ts';
export type { WriteAheadLogOptions } from './log-options.ts';
export type { LogBlemish } from './log-recovery.ts';
export type { LogRecovery, LogStore } from './log-store.ts';
export { WriteAheadLog } from './write-ahead-log.ts';
export { SharedLog, type SharedLogRecovery } from './shared-log/shared-log.ts';
