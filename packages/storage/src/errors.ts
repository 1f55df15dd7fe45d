import type { DamagedEntry } from './log-entry.ts';
import type { DamagedSnapshot } from './snapshot-format.ts';

/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type DiskErrorCode =
  | 'DISK_FULL' // No room. Nothing already durable is affected; free some and go on.
  | 'DISK_NOT_FOUND'
  | 'DISK_EXISTS'
  | 'DISK_POISONED' // An earlier sync of this file failed: close it and recover.
  | 'DISK_CLOSED'
  | 'DISK_LOCKED' // Someone else uses the folder. Nothing was changed.
  | 'DISK_FAILED'; // Anything else the device reported; see `cause`.

/** A disk operation that failed. Match on `code`, not `instanceof`. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  /** The file or folder, as it was named in the call. */
  readonly path: string;

  constructor(
    code: DiskErrorCode,
    path: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${path}: ${message}`, options);
    this.code = code;
    this.path = path;
  }
}

/** Whether it says no more than that there is no room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof DiskError && error.code === 'DISK_FULL';
}

/** What a write-ahead log refused or could not do, as a literal. */
export type LogErrorCode =
  | 'LOG_DAMAGED' // The bytes asked for were durable once and are gone; see `damaged`.
  | 'LOG_POISONED' // A write or sync failed: what is durable is unknown. Reopen the log.
  | 'LOG_CLOSED'
  | 'LOG_UNSUPPORTED'; // Written by a newer version of this package, or not by it at all.

/** A log operation that failed. Match on `code`, not `instanceof`. */
export class LogError extends Error {
  override readonly name: string = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Entries that cannot be read because their bytes were damaged after they were durable. */
export class LogDamagedError extends LogError {
  override readonly name = 'LogDamagedError';
  readonly damaged: readonly DamagedEntry[];

  constructor(damaged: readonly DamagedEntry[], message: string) {
    super('LOG_DAMAGED', message);
    this.damaged = damaged;
  }
}

/** Snapshots that were stored and cannot be read any more. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly code = 'SNAPSHOT_DAMAGED';
  /** What is wrong with each, newest first. */
  readonly damaged: readonly DamagedSnapshot[];

  constructor(
    message: string,
    details: { readonly damaged: readonly DamagedSnapshot[]; readonly cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.damaged = details.damaged;
  }
}
