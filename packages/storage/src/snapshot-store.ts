/*
 * Snapshots that are there whole or not at all.
 *
 * A crash in the middle of overwriting a file leaves neither the old nor the new content. So a
 * snapshot is written beside its predecessor under a temporary name, synced, and only then renamed,
 * and the rename is made durable by syncing the folder. In that order: a name that became durable
 * before the bytes did would be a snapshot full of holes.
 *
 *     write *.partial → sync → rename to <number>.snapshot → sync folder → remove older ones
 *
 * The number rises with every save, so the newest is the one with the highest number. Older ones
 * are kept for the day on which the newest cannot be read.
 *
 * A snapshot that comes from another node piece by piece waits under a name made of what it is,
 * `<index>-<term>-<size>-<checksum>.incoming`, so that whoever comes back with the same one after a
 * crash can go on. Whole and verified, it gets its number by the same rename.
 */
import { DecodeError } from '@quorate/transport/codec';

import { joinPath, requireByteCount } from './disk-path.ts';
import type { Disk } from './disk.ts';
import { createDurableDirectory } from './durable-directory.ts';
import { DiskError, SnapshotError } from './errors.ts';
import { IncomingSnapshot } from './incoming-snapshot.ts';
import type { DamagedSnapshot, SnapshotHeader, SnapshotIdentity } from './snapshot-format.ts';
import { openSnapshot, type SnapshotReader } from './snapshot-reader.ts';
import { writeSnapshot } from './snapshot-writer.ts';

/** Where snapshots live and how many are kept. */
export interface SnapshotStoreOptions {
  readonly disk: Disk;
  /** A folder of the store's own. Made if missing. */
  readonly directory: string;
  /** How many of the newest to keep, at least 1. 2 by default: one to fall back on. */
  readonly keepCount?: number;
}

/** A whole snapshot, with what was wrong with newer ones. */
export interface StoredSnapshot {
  readonly header: SnapshotHeader;
  readonly data: Uint8Array;
  /** Newer snapshots that could not be read, newest first. Empty if this is the newest. */
  readonly damaged: readonly DamagedSnapshot[];
}

/** A snapshot to be read piece by piece. */
export interface SnapshotStream {
  readonly header: SnapshotHeader;
  /** Size of the data. */
  readonly sizeBytes: number;
  /** CRC-32C of all the data. */
  readonly crc: number;
  /**
   * The data in pieces of at most 256 KiB. The caller owns each piece.
   *
   * @param fromOffset - Where to begin, in 0..`sizeBytes`. 0 by default.
   * @throws SnapshotError if the bytes were damaged since the snapshot was opened.
   */
  chunks(fromOffset?: number): AsyncIterable<Uint8Array>;
  /** Newer snapshots that could not be read, newest first. Empty if this is the newest. */
  readonly damaged: readonly DamagedSnapshot[];
  /** Releases the file. Idempotent. */
  close(): Promise<void>;
}

const NAME = /^(\d{16})\.snapshot$/;
const PARTIAL = '.partial';
const INCOMING = '.incoming';

/** Keeps the newest snapshots of one state machine, each checksummed and replaced atomically. */
export class SnapshotStore {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #keepCount: number;
  /** Numbers of the stored snapshots, ascending. */
  #numbers: readonly number[];
  /** The newest number ever used, so that none is used twice. */
  #lastNumber: number;
  #saving: Promise<void> = Promise.resolve();
  /** Names of incoming snapshots that someone holds. */
  readonly #held = new Set<string>();

  private constructor(options: Required<SnapshotStoreOptions>, numbers: readonly number[]) {
    this.#disk = options.disk;
    this.#directory = options.directory;
    this.#keepCount = options.keepCount;
    this.#numbers = numbers;
    this.#lastNumber = numbers.at(-1) ?? 0;
  }

  /**
   * Opens the store in `directory`, or makes an empty one. Saves that a crash cut short are
   * removed.
   *
   * @throws RangeError if `keepCount` is no integer of at least 1.
   */
  static async open(options: SnapshotStoreOptions): Promise<SnapshotStore> {
    const { disk, directory, keepCount = 2 } = options;
    if (!Number.isSafeInteger(keepCount) || keepCount < 1) {
      throw new RangeError(`keepCount: expected an integer of at least 1, got ${keepCount}`);
    }
    await createDurableDirectory(disk, directory);
    const names = await disk.list(directory);
    for (const name of names.filter((one) => one.endsWith(`.snapshot${PARTIAL}`))) {
      await disk.remove(joinPath(directory, name));
    }
    const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    return new SnapshotStore({ disk, directory, keepCount }, numbers);
  }

  /**
   * Stores a snapshot; once it resolves, `latest` answers with it, also after a crash. If it
   * rejects, the snapshots before it are as they were. Concurrent saves are done one after the
   * other.
   *
   * @param data - The content. An iterable is read as fast as the disk writes, in bounded memory;
   *   each piece must not change until the next one is asked for.
   * @throws RangeError if a field of `header` is out of its range.
   * @throws DiskError if the disk refuses, 'DISK_FULL' for one; or whatever `data` throws.
   */
  async save(header: SnapshotHeader, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    await this.#inTurn(() => this.#save(header, data));
  }

  /**
   * Begins to receive a snapshot that another node has, or goes on where an earlier attempt, before
   * a crash or not, left off. Attempts at other snapshots are given up, unless someone holds them.
   *
   * @returns For one holder at a time. To be given to `adopt`, `discard` or `release`.
   * @throws RangeError if a field of `identity` is out of its range, or it is held already.
   */
  async receive(identity: SnapshotIdentity): Promise<IncomingSnapshot> {
    const { header, sizeBytes, crc } = identity;
    requireByteCount('sizeBytes', sizeBytes);
    const { lastIncludedIndex, lastIncludedTerm } = header;
    const name = `${lastIncludedIndex}-${lastIncludedTerm}-${sizeBytes}-${crc}${INCOMING}`;
    if (this.#held.has(name)) throw new RangeError(`identity: expected none in use, got ${name}`);
    this.#held.add(name);
    try {
      const names = await this.#disk.list(this.#directory);
      for (const other of names.filter((one) => one.endsWith(INCOMING))) {
        if (this.#held.has(other)) continue;
        await this.#disk.remove(joinPath(this.#directory, other));
      }
      const path = joinPath(this.#directory, name);
      const incoming = await IncomingSnapshot.open(this.#disk, path, identity);
      await this.#disk.syncDirectory(this.#directory);
      return incoming;
    } catch (error) {
      this.#held.delete(name);
      throw error;
    }
  }

  /**
   * Makes a whole incoming snapshot the newest of the store; once it resolves, also after a crash.
   *
   * @throws RangeError if it is not whole.
   */
  async adopt(incoming: IncomingSnapshot): Promise<void> {
    if (!incoming.isWhole) throw new RangeError('incoming: expected a whole one, got a part');
    await this.#inTurn(() => this.#adopt(incoming));
  }

  /** Gives up an incoming snapshot and what arrived of it. */
  async discard(incoming: IncomingSnapshot): Promise<void> {
    await incoming.close();
    await this.#disk.remove(incoming.path);
    this.#held.delete(nameOf(incoming));
  }

  /** Lets go of an incoming snapshot; what arrived of it stays for another attempt. */
  async release(incoming: IncomingSnapshot): Promise<void> {
    await incoming.close();
    this.#held.delete(nameOf(incoming));
  }

  /**
   * The newest snapshot whose checksums hold, whole in memory.
   *
   * @returns `undefined` if none was ever saved.
   * @throws SnapshotError if there are snapshots and none can be read: starting from nothing would
   *   pass for a new node what is a node that lost its state.
   */
  async latest(): Promise<StoredSnapshot | undefined> {
    const stream = await this.openLatest();
    if (stream === undefined) return undefined;
    try {
      const { header, sizeBytes, damaged } = stream;
      const data = new Uint8Array(sizeBytes);
      let offset = 0;
      for await (const chunk of stream.chunks()) {
        data.set(chunk, offset);
        offset += chunk.length;
      }
      return { header, data, damaged };
    } finally {
      await stream.close();
    }
  }

  /**
   * Like `latest`, for a snapshot too large for memory. All checksums were verified once when it
   * resolves; `chunks` verifies them again as it reads.
   *
   * @throws SnapshotError if there are snapshots and none can be read.
   */
  async openLatest(): Promise<SnapshotStream | undefined> {
    return this.#open(() => true);
  }

  /**
   * Like `openLatest`, for the newest of the stored snapshots that stands for this position.
   *
   * @returns `undefined` if there is none: another took its place, say.
   * @throws SnapshotError if there is one and it cannot be read.
   */
  async openAt(
    lastIncludedIndex: number,
    lastIncludedTerm: number,
  ): Promise<SnapshotStream | undefined> {
    return this.#open(
      ({ header }) =>
        header.lastIncludedIndex === lastIncludedIndex &&
        header.lastIncludedTerm === lastIncludedTerm,
    );
  }

  async #open(isWanted: (reader: SnapshotReader) => boolean): Promise<SnapshotStream | undefined> {
    const damaged: DamagedSnapshot[] = [];
    for (const number of this.#numbers.toReversed()) {
      const path = this.#pathOf(number);
      try {
        const reader = await openSnapshot(this.#disk, path);
        if (isWanted(reader)) return { ...asStream(reader), damaged };
        await reader.close();
      } catch (error) {
        // A snapshot pruned by a concurrent save is not damaged: a newer one took its place.
        if (!this.#numbers.includes(number)) return this.#open(isWanted);
        if (!(error instanceof DecodeError) && !(error instanceof DiskError)) throw error;
        damaged.push({ path, reason: error.message });
      }
    }
    if (damaged.length === 0) return undefined;
    const list = damaged.map(({ path, reason }) => `${path} (${reason})`).join(', ');
    throw new SnapshotError(`none of the stored snapshots can be read: ${list}`, { damaged });
  }

  async #save(header: SnapshotHeader, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const number = this.#lastNumber + 1;
    const path = this.#pathOf(number);
    this.#lastNumber = number;
    try {
      await writeSnapshot(this.#disk, path + PARTIAL, header, data);
      await this.#disk.rename(path + PARTIAL, path);
    } catch (error) {
      // The next save or open cleans up if this does not; the first error is the one to report.
      await this.#disk.remove(path + PARTIAL).catch(() => undefined);
      throw error;
    }
    await this.#onNamed(number);
  }

  async #adopt(incoming: IncomingSnapshot): Promise<void> {
    const number = this.#lastNumber + 1;
    this.#lastNumber = number;
    await incoming.close();
    await this.#disk.rename(incoming.path, this.#pathOf(number));
    this.#held.delete(nameOf(incoming));
    await this.#onNamed(number);
  }

  /** One after the other: the last one named is the newest. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const saving = this.#saving.then(work);
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  async #onNamed(number: number): Promise<void> {
    this.#numbers = [...this.#numbers, number];
    await this.#disk.syncDirectory(this.#directory);
    await this.#prune();
  }

  /** Removes what is older than the newest `keepCount`. Their names may come back at a crash. */
  async #prune(): Promise<void> {
    const old = this.#numbers.slice(0, -this.#keepCount);
    if (old.length === 0) return;
    this.#numbers = this.#numbers.slice(-this.#keepCount);
    for (const number of old) await this.#disk.remove(this.#pathOf(number));
    await this.#disk.syncDirectory(this.#directory);
  }

  #pathOf(number: number): string {
    return joinPath(this.#directory, `${String(number).padStart(16, '0')}.snapshot`);
  }
}

function asStream(reader: SnapshotReader): Omit<SnapshotStream, 'damaged'> {
  return {
    header: reader.header,
    sizeBytes: reader.sizeBytes,
    crc: reader.crc,
    chunks: (fromOffset = 0) => guarded(reader, fromOffset),
    close: () => reader.close(),
  };
}

function nameOf(incoming: IncomingSnapshot): string {
  return incoming.path.slice(incoming.path.lastIndexOf('/') + 1);
}

async function* guarded(reader: SnapshotReader, fromOffset: number): AsyncIterable<Uint8Array> {
  requireByteCount('fromOffset', fromOffset);
  try {
    yield* reader.chunks(fromOffset);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const damaged = [{ path: reader.path, reason: error.message }];
    throw new SnapshotError(`${reader.path}: damaged while it was read`, { damaged, cause: error });
  }
}
