/* eslint-disable @typescript-eslint/require-await --
   The port is asynchronous: `async` turns a throw into a rejection. */
import { directoryParts, joinPath, parentOf, pathParts } from '../disk-path.ts';
import type { Disk, DiskFile, OpenOptions } from '../disk.ts';
import { DiskError } from '../errors.ts';
import { MemoryFile, type Room } from './memory-file.ts';
import { MemoryHandle } from './memory-handle.ts';

/** How much a `MemoryDisk` holds. */
export interface MemoryDiskOptions {
  /**
   * Room for file contents, in bytes, taken in blocks of 4 096 as they are first written. No limit
   * by default.
   */
  readonly capacityBytes?: number;
}

/** A name created, renamed or removed whose folder was not synced since. */
export interface NameChange {
  readonly kind: 'created' | 'renamed' | 'removed';
  /** The name before, for a rename; else the name. */
  readonly from: string;
  /** The name after, for a rename; else the name. */
  readonly to: string;
}

/**
 * What of the unsynced state a crash keeps. Nothing, where a function is left out: the harshest
 * crash. The `Disk` promises allow every other answer as well.
 */
export interface CrashSurvival {
  /**
   * For an unsynced sector, how many of its 512 leading bytes are new: 0 leaves the old sector, 512
   * the new one, a number between a torn one.
   */
  readonly sector?: (path: string, sectorIndex: number) => number;
  /** Whether an unsynced change of the file's size survives. */
  readonly size?: (path: string) => boolean;
  /** Whether an unsynced change of names survives. */
  readonly name?: (change: NameChange) => boolean;
}

type Node = MemoryFile | 'directory';

interface PendingName {
  readonly change: NameChange;
  readonly node: Node;
}

/**
 * A disk in memory that knows what a crash would take: for tests, and for a log nobody must keep.
 *
 * Every operation takes effect during the call, so the order of effects is the order of calls.
 */
export class MemoryDisk implements Disk {
  readonly #room: Room;
  readonly #names = new Map<string, Node>();
  /** The names as of the last sync of their folders. */
  readonly #syncedNames = new Map<string, Node>();
  #pending: PendingName[] = [];
  /** Every file with room of its own, under some name or only behind an open handle. */
  readonly #files = new Map<MemoryFile, { handleCount: number }>();
  readonly #locks = new Set<string>();

  /** @throws RangeError if `capacityBytes` is negative or no number. */
  constructor(options: MemoryDiskOptions = {}) {
    const { capacityBytes = Number.POSITIVE_INFINITY } = options;
    if (!(capacityBytes >= 0)) {
      throw new RangeError(`capacityBytes: expected at least 0, got ${capacityBytes}`);
    }
    this.#room = { freeBytes: capacityBytes };
  }

  /** Room left for file contents, in bytes. */
  get freeBytes(): number {
    return this.#room.freeBytes;
  }

  /**
   * Adds room, or with a negative number takes free room away.
   *
   * @throws RangeError if `byBytes` is no finite number.
   */
  addCapacity(byBytes: number): void {
    if (!Number.isFinite(byBytes)) {
      throw new RangeError(`byBytes: expected a finite number, got ${byBytes}`);
    }
    this.#room.freeBytes = Math.max(0, this.#room.freeBytes + byBytes);
  }

  /** Opens a file; see `Disk.open`. */
  async open(path: string, options: OpenOptions = {}): Promise<DiskFile> {
    pathParts(path);
    const { mode = 'existing' } = options;
    const node = this.#names.get(path);
    if (node === 'directory') throw new DiskError('DISK_FAILED', path, 'is a folder, not a file');
    if (node !== undefined) {
      if (mode === 'new') throw new DiskError('DISK_EXISTS', path, 'is there already');
      return this.#openHandle(path, node);
    }
    if (mode === 'existing') throw new DiskError('DISK_NOT_FOUND', path, 'no such file');
    this.#requireDirectory(parentOf(path));
    const file = new MemoryFile(this.#room);
    this.#names.set(path, file);
    this.#note({ kind: 'created', from: path, to: path }, file);
    return this.#openHandle(path, file);
  }

  /** Names directly in `directory`; see `Disk.list`. */
  async list(directory: string): Promise<readonly string[]> {
    directoryParts(directory);
    this.#requireDirectory(directory);
    const prefix = directory === '' ? '' : `${directory}/`;
    return [...this.#names.keys()]
      .filter((path) => parentOf(path) === directory && path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .sort();
  }

  /** Makes `directory` and its parents; see `Disk.createDirectory`. */
  async createDirectory(directory: string): Promise<void> {
    let path = '';
    for (const part of directoryParts(directory)) {
      path = joinPath(path, part);
      const node = this.#names.get(path);
      if (node === 'directory') continue;
      if (node !== undefined) throw new DiskError('DISK_EXISTS', path, 'is a file, not a folder');
      this.#names.set(path, 'directory');
      this.#note({ kind: 'created', from: path, to: path }, 'directory');
    }
  }

  /** Gives the file a new name; see `Disk.rename`. */
  async rename(from: string, to: string): Promise<void> {
    pathParts(from);
    pathParts(to);
    const node = this.#names.get(from);
    if (node === undefined) throw new DiskError('DISK_NOT_FOUND', from, 'no such file');
    if (node === 'directory' || this.#names.get(to) === 'directory') {
      throw new DiskError('DISK_FAILED', from, 'only files can be renamed, and only to files');
    }
    this.#requireDirectory(parentOf(to));
    this.#names.delete(from);
    this.#names.set(to, node);
    this.#note({ kind: 'renamed', from, to }, node);
  }

  /** Removes a file; see `Disk.remove`. */
  async remove(path: string): Promise<void> {
    pathParts(path);
    const node = this.#names.get(path);
    if (node === undefined) return;
    if (node === 'directory') throw new DiskError('DISK_FAILED', path, 'is a folder, not a file');
    this.#names.delete(path);
    this.#note({ kind: 'removed', from: path, to: path }, node);
  }

  /** Makes the names in `directory` survive a crash; see `Disk.syncDirectory`. */
  async syncDirectory(directory: string): Promise<void> {
    directoryParts(directory);
    this.#requireDirectory(directory);
    const isHere = ({ change }: PendingName): boolean =>
      parentOf(change.from) === directory || parentOf(change.to) === directory;
    for (const pending of this.#pending.filter(isHere)) applyTo(this.#syncedNames, pending);
    this.#pending = this.#pending.filter((pending) => !isHere(pending));
    this.#discardUnreachable();
  }

  /** Keeps others from using `directory`; see `Disk.lock`. */
  async lock(directory: string): Promise<() => Promise<void>> {
    directoryParts(directory);
    this.#requireDirectory(directory);
    if (this.#locks.has(directory)) {
      throw new DiskError('DISK_LOCKED', directory, 'is in use; close its other user first');
    }
    this.#locks.add(directory);
    let isHeld = true;
    return async () => {
      if (isHeld) this.#locks.delete(directory);
      isHeld = false;
    };
  }

  /**
   * The disk a crash at this moment would leave, as `survival` decides. This disk stays as it is,
   * so that one moment can be crashed in many ways. Handles and locks do not survive.
   */
  afterCrash(survival: CrashSurvival = {}): MemoryDisk {
    const { sector = () => 0, size = () => false, name = () => false } = survival;
    let capacityBytes = this.#room.freeBytes;
    for (const file of this.#files.keys()) capacityBytes += file.allocatedBytes;
    const disk = new MemoryDisk({ capacityBytes });
    const names = new Map(this.#syncedNames);
    for (const pending of this.#pending) if (name(pending.change)) applyTo(names, pending);
    for (const [path, node] of names) {
      if (!isReachable(names, path)) continue;
      let copy = node;
      if (node !== 'directory') {
        const survivesSize = node.hasUnsyncedSize && size(path);
        copy = node.afterCrash(disk.#room, (index) => sector(path, index), survivesSize);
        disk.#files.set(copy, { handleCount: 0 });
      }
      disk.#names.set(path, copy);
      disk.#syncedNames.set(path, copy);
    }
    return disk;
  }

  /**
   * Sectors of the file whose fate at a crash is open, ascending. Empty if there is no such file.
   */
  unsyncedSectors(path: string): readonly number[] {
    const node = this.#names.get(path);
    return node === undefined || node === 'directory' ? [] : node.unsyncedSectors();
  }

  #openHandle(path: string, file: MemoryFile): DiskFile {
    const use = this.#files.get(file) ?? { handleCount: 0 };
    this.#files.set(file, use);
    use.handleCount += 1;
    return new MemoryHandle(path, file, () => {
      use.handleCount -= 1;
      this.#discardUnreachable();
    });
  }

  #note(change: NameChange, node: Node): void {
    this.#pending.push({ change, node });
  }

  /** A removed file gives its room back once no handle and no crash can reach it any more. */
  #discardUnreachable(): void {
    const reachable = new Set<Node>([...this.#names.values(), ...this.#syncedNames.values()]);
    for (const { node } of this.#pending) reachable.add(node);
    for (const [file, { handleCount }] of this.#files) {
      if (handleCount > 0 || reachable.has(file)) continue;
      file.discard();
      this.#files.delete(file);
    }
  }

  #requireDirectory(directory: string): void {
    if (directory === '' || this.#names.get(directory) === 'directory') return;
    throw new DiskError('DISK_NOT_FOUND', directory, 'no such folder');
  }
}

function applyTo(names: Map<string, Node>, { change, node }: PendingName): void {
  names.delete(change.from);
  if (change.kind !== 'removed') names.set(change.to, node);
}

function isReachable(names: ReadonlyMap<string, Node>, path: string): boolean {
  const parent = parentOf(path);
  if (parent === '') return true;
  return names.get(parent) === 'directory' && isReachable(names, parent);
}
