/** How `Disk.open` treats a file that is or is not there. */
export interface OpenOptions {
  /**
   * 'existing' (the default) fails when the file is missing, 'create' makes it if missing, 'new'
   * fails when it exists.
   */
  readonly mode?: 'existing' | 'create' | 'new';
}

/**
 * One open file. Operations on it take effect in the order in which they were called.
 *
 * After a failed `sync` the file is poisoned: every further operation but `close` fails, because
 * the system may already have dropped the pages it could not write, and a second `sync` would lie.
 */
export interface DiskFile {
  /** Current size, unsynced writes included. */
  sizeBytes(): Promise<number>;
  /**
   * Reads into `target` from `offset` on.
   *
   * @returns How many bytes were read: `target.length`, or fewer at the end of the file.
   */
  read(offset: number, target: Uint8Array): Promise<number>;
  /**
   * Writes all of `bytes` at `offset`, growing the file as needed (a gap reads as zeros). Promises
   * nothing about a crash before `sync`. `bytes` must not change until the promise settles.
   *
   * @throws DiskError with code 'DISK_FULL' if there is no room; part of `bytes` may be written.
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Cuts or extends (with zeros) the file to `sizeBytes`. */
  truncate(sizeBytes: number): Promise<void>;
  /** Once it resolves, every write and truncate called before it survives a crash. */
  sync(): Promise<void>;
  /** Releases the file without syncing it. Idempotent. */
  close(): Promise<void>;
}

/**
 * Files with the promises real disks make, and no more.
 *
 * - A write survives a crash only after `DiskFile.sync`.
 * - At a crash each 512-byte sector is, on its own, as the last sync left it, as any write since
 *   has made it, or torn between two of these; so, but for tears, is the size of a file.
 * - A created, renamed or removed name survives a crash only after `syncDirectory` of its folder.
 *   `rename` replaces its target atomically: a crash leaves the old or the new one, never neither.
 * - Reads may fail or return damaged bytes: whoever must know keeps a checksum.
 *
 * Paths are relative, of `/`-separated names without `.` or `..`; a directory may also be the empty
 * string, the root of the disk. Another path is a `RangeError`.
 */
export interface Disk {
  /** Opens a file for reading and writing. @throws DiskError 'DISK_NOT_FOUND' | 'DISK_EXISTS'. */
  open(path: string, options?: OpenOptions): Promise<DiskFile>;
  /** Names directly in `directory`, files and folders, sorted by UTF-16 code units. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes `directory` and its parents. No error if it is there. */
  createDirectory(directory: string): Promise<void>;
  /** Gives the file a new name, replacing a file that has it. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. No error if it is missing. */
  remove(path: string): Promise<void>;
  /** Makes names created, renamed or removed directly in `directory` survive a crash. */
  syncDirectory(directory: string): Promise<void>;
  /**
   * Keeps everyone else who locks `directory`, in this process or another, out of it until the
   * returned function was called or this process ended. Left out where a disk cannot promise that.
   *
   * @throws DiskError 'DISK_LOCKED' if someone holds it.
   */
  lock?(directory: string): Promise<() => Promise<void>>;
}
