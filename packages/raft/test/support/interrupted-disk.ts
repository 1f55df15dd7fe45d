import type { Disk, DiskFile } from '@quorate/storage';

/** Calls `before` ahead of everything that changes the disk. */
export function watched(disk: Disk, before: () => void): Disk {
  const watchFile = (file: DiskFile): DiskFile => ({
    sizeBytes: () => file.sizeBytes(),
    read: (offset, target) => file.read(offset, target),
    write: (offset, bytes) => (before(), file.write(offset, bytes)),
    truncate: (sizeBytes) => (before(), file.truncate(sizeBytes)),
    sync: () => (before(), file.sync()),
    close: () => file.close(),
  });
  return {
    open: async (path, options) => (before(), watchFile(await disk.open(path, options))),
    list: (directory) => disk.list(directory),
    createDirectory: (directory) => disk.createDirectory(directory),
    rename: (from, to) => (before(), disk.rename(from, to)),
    remove: (path) => (before(), disk.remove(path)),
    syncDirectory: (directory) => (before(), disk.syncDirectory(directory)),
  };
}
