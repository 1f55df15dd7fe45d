/**
 * The boards that were deleted, as far as this node knows: an empty place for each, which only ever
 * grows, so that copies that meet agree without asking who was first. An edit that was made
 * meanwhile has nothing to be merged into, and cannot bring a board back.
 */
import type { Disk } from '@quorate/storage';

import type { Burial } from './board-messages.ts';

const directory = 'deleted';
/** So many requests can have deleted one board: as many as there are sides of a partition. */
const KEYS_MAX = 16;

interface Tombstone {
  readonly keys: readonly string[];
  /** Settles once it is on disk. */
  readonly written: Promise<void>;
}

/** Names of deleted boards, each with the keys of the requests that deleted it. */
export class Tombstones {
  readonly #disk: Disk;
  readonly #known = new Map<string, Tombstone>();

  private constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Reads all that the disk has. */
  static async open(disk: Disk): Promise<Tombstones> {
    const tombstones = new Tombstones(disk);
    await disk.createDirectory(directory);
    for (const boardId of await disk.list(directory)) {
      const keys = await readKeys(disk, boardId);
      tombstones.#known.set(boardId, { keys, written: Promise.resolve() });
    }
    return tombstones;
  }

  /** The boards. */
  get boardIds(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** The requests that deleted a board; undefined if nobody did, as far as is known here. */
  keysOf(boardId: string): readonly string[] | undefined {
    return this.#known.get(boardId)?.keys;
  }

  /** Those of `boardIds` that were deleted, and by which requests. */
  among(boardIds: readonly string[]): Burial[] {
    return boardIds.flatMap((boardId) => {
      const keys = this.keysOf(boardId);
      return keys === undefined ? [] : [{ boardId, keys: [...keys] }];
    });
  }

  /** Settles once it is on disk that these requests deleted a board. */
  add(boardId: string, keys: readonly string[]): Promise<void> {
    const before = this.#known.get(boardId);
    const all = [...new Set([...(before?.keys ?? []), ...keys])].slice(0, KEYS_MAX);
    if (before?.keys.length === all.length) return before.written;
    const written = (before?.written ?? Promise.resolve()).then(() => this.#write(boardId, all));
    // At once: from now on nothing may happen to the board.
    const tombstone = { keys: all, written };
    this.#known.set(boardId, tombstone);
    written.catch(() => {
      if (this.#known.get(boardId) === tombstone) this.#known.delete(boardId);
    });
    return written;
  }

  /** Forgets a board, once others remember it who answer for it. */
  async forget(boardId: string): Promise<void> {
    this.#known.delete(boardId);
    await this.#disk.remove(`${directory}/${boardId}`);
  }

  async #write(boardId: string, keys: readonly string[]): Promise<void> {
    const file = await this.#disk.open(`${directory}/${boardId}`, { mode: 'create' });
    await file.write(0, new TextEncoder().encode(keys.join('\n')));
    await file.sync();
    await file.close();
    await this.#disk.syncDirectory(directory);
  }
}

/** What is in a file. A crash may have torn it: it is the name that counts. */
async function readKeys(disk: Disk, boardId: string): Promise<readonly string[]> {
  const file = await disk.open(`${directory}/${boardId}`);
  const bytes = new Uint8Array(await file.sizeBytes());
  await file.read(0, bytes);
  await file.close();
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => /^[\w-]{1,64}$/.test(line));
}
