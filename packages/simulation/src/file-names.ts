import { DiskError } from '@quorate/storage';

import type { Decisions } from './decisions.ts';
import type { SimulatedFile } from './simulated-file.ts';

/** What a name stands for. */
export type FileNode = SimulatedFile | 'directory';

interface NameChange {
  readonly kind: 'created' | 'renamed' | 'removed';
  /** The name before, for a rename; else the name. */
  readonly from: string;
  /** The name after, for a rename; else the name. */
  readonly to: string;
  readonly node: FileNode;
}

/**
 * The names on a disk, as programs see them and as they are durable.
 *
 * Changes of names wait in the order in which they were made, as in a file system's journal. A sync
 * of a folder makes its changes durable. A crash keeps, folder by folder, some first of the waiting
 * changes and loses the rest; a rename between two folders is kept or lost in both.
 */
export class FileNames {
  #visible = new Map<string, FileNode>();
  readonly #durable = new Map<string, FileNode>();
  #waiting: NameChange[] = [];

  /** What `path` stands for, if anything. */
  get(path: string): FileNode | undefined {
    return this.#visible.get(path);
  }

  /** All files by name, sorted. */
  files(): readonly (readonly [path: string, file: SimulatedFile])[] {
    const files: [string, SimulatedFile][] = [];
    for (const [path, node] of this.#visible) if (node !== 'directory') files.push([path, node]);
    return files.sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** Names directly in `directory`, sorted by UTF-16 code units. */
  list(directory: string): readonly string[] {
    this.requireDirectory(directory);
    const skip = directory === '' ? 0 : directory.length + 1;
    return [...this.#visible.keys()]
      .filter((path) => parentOf(path) === directory)
      .map((path) => path.slice(skip))
      .sort();
  }

  /** @throws DiskError 'DISK_NOT_FOUND' unless `directory` is one. */
  requireDirectory(directory: string): void {
    if (directory === '' || this.#visible.get(directory) === 'directory') return;
    throw new DiskError('DISK_NOT_FOUND', directory, 'no such folder');
  }

  create(path: string, node: FileNode): void {
    this.requireDirectory(parentOf(path));
    this.#change({ kind: 'created', from: path, to: path, node });
  }

  rename(from: string, to: string): void {
    const node = this.#visible.get(from);
    if (node === undefined) throw new DiskError('DISK_NOT_FOUND', from, 'no such file');
    if (node === 'directory' || this.#visible.get(to) === 'directory') {
      throw new DiskError('DISK_FAILED', from, 'only files can be renamed, and only to files');
    }
    this.requireDirectory(parentOf(to));
    if (from !== to) this.#change({ kind: 'renamed', from, to, node });
  }

  remove(path: string): void {
    const node = this.#visible.get(path);
    if (node === undefined) return;
    if (node === 'directory') throw new DiskError('DISK_FAILED', path, 'is a folder, not a file');
    this.#change({ kind: 'removed', from: path, to: path, node });
  }

  /** Notes what a sync of `directory` called now covers. @returns Makes it durable. */
  beginSync(directory: string): () => void {
    this.requireDirectory(directory);
    // A change in this folder may hang on an earlier one in another, through a rename between them.
    const folders = new Set([directory]);
    const covered = new Set<NameChange>();
    for (const change of this.#waiting.toReversed()) {
      const places = foldersOf(change);
      if (!places.some((place) => folders.has(place))) continue;
      covered.add(change);
      for (const place of places) folders.add(place);
    }
    return () => {
      const durable = this.#waiting.filter((change) => covered.has(change));
      this.#waiting = this.#waiting.filter((change) => !covered.has(change));
      for (const change of durable) apply(this.#durable, change);
    };
  }

  /** Settles what waits by `draws`, turned to this crash. */
  crash(draws: Decisions, survivalRate: number): void {
    const lossy = new Set<string>();
    for (const change of this.#waiting) {
      const places = foldersOf(change);
      const isKept = draws.isHit(survivalRate) && !places.some((place) => lossy.has(place));
      if (isKept) apply(this.#durable, change);
      else for (const place of places) lossy.add(place);
    }
    this.#waiting = [];
    this.#showDurable();
  }

  /** The names that are durable, for `copyOf` each file. */
  durableCopy(copyOf: (file: SimulatedFile) => SimulatedFile): FileNames {
    const copy = new FileNames();
    for (const [path, node] of this.#durable) {
      copy.#durable.set(path, node === 'directory' ? node : copyOf(node));
    }
    copy.#showDurable();
    return copy;
  }

  /** Every file that a name, now or after a crash, can reach. */
  reachable(): ReadonlySet<FileNode> {
    const waiting = this.#waiting.map(({ node }) => node);
    return new Set([...this.#visible.values(), ...this.#durable.values(), ...waiting]);
  }

  /** Drops names in folders that are not there, and shows what is left. */
  #showDurable(): void {
    for (const path of [...this.#durable.keys()]) {
      if (!isReachable(this.#durable, path)) this.#durable.delete(path);
    }
    this.#visible = new Map(this.#durable);
  }

  #change(change: NameChange): void {
    apply(this.#visible, change);
    this.#waiting.push(change);
  }
}

function apply(names: Map<string, FileNode>, change: NameChange): void {
  names.delete(change.from);
  if (change.kind !== 'removed') names.set(change.to, change.node);
}

function foldersOf({ from, to }: NameChange): readonly string[] {
  return [...new Set([parentOf(from), parentOf(to)])];
}

function isReachable(names: ReadonlyMap<string, FileNode>, path: string): boolean {
  const parent = parentOf(path);
  if (parent === '') return true;
  return names.get(parent) === 'directory' && isReachable(names, parent);
}

/** The folder that holds `path`; the empty string for the root. */
function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/**
 * The parts of `path`.
 *
 * @throws RangeError if a part is empty, `.`, `..`, or holds a backslash, a NUL or a lone
 *   surrogate.
 */
export function pathParts(path: string): readonly string[] {
  const parts = path.split('/');
  if (parts.every(isPlainName)) return parts;
  throw new RangeError(`path: expected relative names joined by '/', got ${JSON.stringify(path)}`);
}

/** As `pathParts`; the empty string is the root. */
export function directoryParts(directory: string): readonly string[] {
  return directory === '' ? [] : pathParts(directory);
}

function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  return !/[\\\0]/.test(name) && name.isWellFormed();
}
