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
