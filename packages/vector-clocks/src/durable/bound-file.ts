/*
 * One number on a disk that rises, and is there after every crash.
 *
 * To overwrite a number in place is to have neither the old nor the new one for a moment. So it is
 * there twice, in two places of a file that share no sector, and one place is written and synced
 * before the other is touched:
 *
 *     slot 0   | 7 |      | 8 | sync | 8 |           | 8 |
 *     slot 1   | 7 |      | 7 |      | 7 |   then    | 8 | sync: the number is 8
 *
 * A crash leaves at least one of them whole, and a bit that flips at rest does too. Of two that are
 * whole, the one written later counts; that nobody was told of it yet does no harm, since it is
 * only larger. What went first last time may be torn when it failed, so the next one begins there.
 *
 * The file gets its name once it is whole: without a file there was never a number, and a file
 * without one is damaged.
 */
import { DecodeError } from '@quorate/transport/codec';
import type { Disk, DiskFile } from '@quorate/storage';

import { HybridBoundDamagedError } from '../errors.ts';
import { type BoundSlot, decodeSlot, encodeSlot, SLOT_SIZE_BYTES } from './bound-slot.ts';

/** Far enough for the sectors of any disk. */
const SLOT_DISTANCE_BYTES = 4_096;

const NAME = 'hybrid-clock.bound';
const PARTIAL = 'hybrid-clock.partial';

/** The bound of a hybrid clock, kept in a folder. */
export class BoundFile {
  readonly #disk: Disk;
  readonly #directory: string;
  #file: DiskFile | undefined;
  #sequence: number;
  #boundMs: number | undefined;
  /** The slot that certainly holds the bound: to be overwritten last. */
  #safe: 0 | 1;

  private constructor(disk: Disk, directory: string, found: FoundBound) {
    this.#disk = disk;
    this.#directory = directory;
    this.#file = found.file;
    this.#sequence = found.slot?.sequence ?? 0;
    this.#boundMs = found.slot?.boundMs;
    this.#safe = found.safe;
  }

  /**
   * Opens what is in `directory`, which is made if it is missing.
   *
   * @throws HybridBoundDamagedError if there was a bound, and it cannot be read.
   * @throws DiskError if the disk fails.
   */
  static async open(disk: Disk, directory: string): Promise<BoundFile> {
    await createDurableDirectory(disk, directory);
    const names = await disk.list(directory);
    if (!names.includes(NAME)) return new BoundFile(disk, directory, { safe: 0 });
    const file = await disk.open(pathOf(directory, NAME));
    try {
      // What a process wrote that was killed before its sync can be read, but not relied on.
      await file.sync();
      return new BoundFile(disk, directory, { file, ...(await readSlots(file, directory)) });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The bound last written; `undefined` if none ever was. */
  get boundMs(): number | undefined {
    return this.#boundMs;
  }

  /**
   * Writes a bound. Once it resolves, `open` finds this one after any crash; if it rejects, this
   * one or the one before. Not to be called again before it has settled.
   *
   * @throws DiskError if the disk fails. It may be tried again.
   */
  async write(boundMs: number): Promise<void> {
    this.#sequence += 1;
    const bytes = encodeSlot({ sequence: this.#sequence, boundMs });
    try {
      if (this.#boundMs === undefined) await this.#create(bytes);
      else await this.#overwrite(bytes);
    } catch (error) {
      // A file whose sync failed answers no more; the next try opens it anew.
      await this.close().catch(() => undefined);
      throw error;
    }
    this.#boundMs = boundMs;
  }

  /** Lets go of the file. Idempotent. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #create(bytes: Uint8Array): Promise<void> {
    const partial = pathOf(this.#directory, PARTIAL);
    this.#file = await this.#disk.open(partial, { mode: 'create' });
    await this.#file.truncate(0);
    await this.#file.write(0, bytes);
    await this.#file.write(SLOT_DISTANCE_BYTES, bytes);
    await this.#file.sync();
    await this.#disk.rename(partial, pathOf(this.#directory, NAME));
    await this.#disk.syncDirectory(this.#directory);
  }

  async #overwrite(bytes: Uint8Array): Promise<void> {
    this.#file ??= await this.#disk.open(pathOf(this.#directory, NAME));
    const first = this.#safe === 0 ? 1 : 0;
    for (const slot of [first, this.#safe] as const) {
      await this.#file.write(slot * SLOT_DISTANCE_BYTES, bytes);
      await this.#file.sync();
      this.#safe = slot;
    }
  }
}

interface FoundBound {
  readonly file?: DiskFile;
  readonly slot?: BoundSlot;
  readonly safe: 0 | 1;
}

async function readSlots(
  file: DiskFile,
  directory: string,
): Promise<{ readonly slot: BoundSlot; readonly safe: 0 | 1 }> {
  const [first, second] = [await readSlot(file, directory, 0), await readSlot(file, directory, 1)];
  if (first !== undefined && (second === undefined || first.sequence >= second.sequence)) {
    return { slot: first, safe: 0 };
  }
  if (second !== undefined) return { slot: second, safe: 1 };
  throw new HybridBoundDamagedError(pathOf(directory, NAME), 'neither of its copies can be read');
}

async function readSlot(
  file: DiskFile,
  directory: string,
  slot: 0 | 1,
): Promise<BoundSlot | undefined> {
  const bytes = new Uint8Array(SLOT_SIZE_BYTES);
  const sizeBytes = await file.read(slot * SLOT_DISTANCE_BYTES, bytes);
  try {
    return decodeSlot(bytes.subarray(0, sizeBytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new HybridBoundDamagedError(pathOf(directory, NAME), error.message, { cause: error });
  }
}

/** Makes `directory` and its parents, so that a crash does not take them and what is in them. */
async function createDurableDirectory(disk: Disk, directory: string): Promise<void> {
  await disk.createDirectory(directory);
  const parts = directory === '' ? [] : directory.split('/');
  for (let count = 0; count <= parts.length; count += 1) {
    await disk.syncDirectory(parts.slice(0, count).join('/'));
  }
}

function pathOf(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
