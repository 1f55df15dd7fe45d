export type { Disk, DiskFile, OpenOptions } from './disk.ts';
export { DiskError, type DiskErrorCode } from './errors.ts';
export type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';
