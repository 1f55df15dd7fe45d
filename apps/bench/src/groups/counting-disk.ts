import type { Disk, DiskFile } from '@quorate/storage';

/** A disk, and how often its files were synced. */
export interface CountingDisk {
  readonly disk: Disk;
  /** Syncs of files that were done. Those of folders are not counted. */
  syncCount(): number;
}

/** Counts what `inner` is asked for, and changes nothing. */
export function countingDisk(inner: Disk): CountingDisk {
  let count = 0;
  const counted = (file: DiskFile): DiskFile => ({
    sizeBytes: () => file.sizeBytes(),
    read: (offset, target) => file.read(offset, target),
    write: (offset, bytes) => file.write(offset, bytes),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: async () => {
      await file.sync();
      count += 1;
    },
    close: () => file.close(),
  });
  const { lock } = inner;
  const disk: Disk = {
    open: async (path, options) => counted(await inner.open(path, options)),
    list: (directory) => inner.list(directory),
    createDirectory: (directory) => inner.createDirectory(directory),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    syncDirectory: (directory) => inner.syncDirectory(directory),
    ...(lock !== undefined && { lock: (directory: string) => lock.call(inner, directory) }),
  };
  return { disk, syncCount: () => count };
}
