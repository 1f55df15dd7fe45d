import { joinPath } from './disk-path.ts';
import type { Disk, DiskFile } from './disk.ts';
import { SegmentWriter } from './segment-writer.ts';

/** How many files are kept open for reading. */
const OPEN_READERS_MAX = 8;

const NAME = /^(\d{16})\.wal$/;
const PREPARING = '.preparing';

interface Reader {
  readonly opening: Promise<DiskFile>;
  useCount: number;
  isDiscarded: boolean;
}

/**
 * The segment files of one log: their names, those open for reading, and the one being prepared.
 *
 * A segment is prepared under another name and gets its own only when its first batch is durable.
 * So a segment's name proves that everything in the segments before it was durable, too.
 */
export class SegmentFiles {
  readonly #disk: Disk;
  readonly #directory: string;
  /** By segment, the most recently used last. */
  readonly #readers = new Map<number, Reader>();
  #prepared: { readonly sequence: number; readonly writer: Promise<SegmentWriter> } | undefined;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** The numbers of the segments there are, ascending. Removes what a crash left half prepared. */
  async list(): Promise<readonly number[]> {
    const names = await this.#disk.list(this.#directory);
    for (const name of names.filter((one) => one.endsWith(`.wal${PREPARING}`))) {
      await this.#disk.remove(joinPath(this.#directory, name));
    }
    return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  }

  pathOf(sequence: number): string {
    return joinPath(this.#directory, `${String(sequence).padStart(16, '0')}.wal`);
  }

  /** Begins to prepare a segment, unless that was done already. */
  prepare(sequence: number, readyBytes: number): void {
    if (this.#prepared !== undefined) return;
    const path = this.pathOf(sequence) + PREPARING;
    const writer = SegmentWriter.create(this.#disk, path, sequence, readyBytes);
    // Reported to whoever takes it.
    writer.catch(() => undefined);
    this.#prepared = { sequence, writer };
  }

  /** A new segment, prepared before or now, to be written to and then given to `adopt`. */
  async takePrepared(sequence: number, readyBytes: number): Promise<SegmentWriter> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared?.sequence === sequence) {
      try {
        return await prepared.writer;
      } catch {
        // It failed some time ago, with a full disk perhaps. What counts is whether it can be now.
      }
    }
    const path = this.pathOf(sequence) + PREPARING;
    return SegmentWriter.create(this.#disk, path, sequence, readyBytes);
  }

  /** Gives a segment that has its first batch its name, durably. */
  async adopt(writer: SegmentWriter): Promise<SegmentWriter> {
    const path = this.pathOf(writer.sequence);
    await this.#disk.rename(path + PREPARING, path);
    await this.#disk.syncDirectory(this.#directory);
    const file = await this.#disk.open(path);
    await writer.close();
    return writer.movedTo(file);
  }

  /** Removes a segment that was never adopted. */
  async discard(writer: SegmentWriter): Promise<void> {
    await writer.close();
    await this.#disk.remove(this.pathOf(writer.sequence) + PREPARING);
  }

  /** Runs `read` on the open file of a segment. */
  async use<Result>(sequence: number, read: (file: DiskFile) => Promise<Result>): Promise<Result> {
    const reader = this.#reader(sequence);
    reader.useCount += 1;
    try {
      return await read(await reader.opening);
    } finally {
      reader.useCount -= 1;
      this.#closeIfUnused(reader);
    }
  }

  /** Opens a segment for writing. */
  async open(sequence: number): Promise<DiskFile> {
    return this.#disk.open(this.pathOf(sequence));
  }

  /** Removes segments, the oldest first, and makes that durable. */
  async remove(sequences: readonly number[]): Promise<void> {
    if (sequences.length === 0) return;
    for (const sequence of sequences) {
      this.#discardReader(sequence);
      await this.#disk.remove(this.pathOf(sequence));
    }
    await this.#disk.syncDirectory(this.#directory);
  }

  /** Closes all files open for reading, and removes the prepared segment. */
  async close(): Promise<void> {
    for (const sequence of [...this.#readers.keys()]) this.#discardReader(sequence);
    const prepared = this.#prepared;
    this.#prepared = undefined;
    const writer = await prepared?.writer.catch(() => undefined);
    if (writer !== undefined) await this.discard(writer);
  }

  #reader(sequence: number): Reader {
    const known = this.#readers.get(sequence);
    const reader = known ?? {
      opening: this.#disk.open(this.pathOf(sequence)),
      useCount: 0,
      isDiscarded: false,
    };
    this.#readers.delete(sequence);
    this.#readers.set(sequence, reader);
    reader.opening.catch(() => {
      if (this.#readers.get(sequence) === reader) this.#readers.delete(sequence);
    });
    for (const other of this.#readers.keys()) {
      if (this.#readers.size <= OPEN_READERS_MAX) break;
      this.#discardReader(other);
    }
    return reader;
  }

  #discardReader(sequence: number): void {
    const reader = this.#readers.get(sequence);
    if (reader === undefined) return;
    this.#readers.delete(sequence);
    reader.isDiscarded = true;
    this.#closeIfUnused(reader);
  }

  #closeIfUnused(reader: Reader): void {
    if (!reader.isDiscarded || reader.useCount > 0) return;
    reader.opening.then((file) => file.close()).catch(() => undefined);
  }
}
