import type { Disk, DiskFile } from './disk.ts';
import { isDiskFull } from './errors.ts';
import { areaOf, segmentSeed } from './log-format.ts';
import { fillUnwritten } from './unwritten.ts';

/** Space is made ready in steps as large as what is used already, within these bounds. */
const STEP_BYTES_MIN = 64 * 1_024;
const STEP_BYTES_MAX = 1_024 * 1_024;

/** Steps end at such a multiple, so that no block of the file system is filled in halves. */
const BLOCK_BYTES = 4_096;

/** Most that is filled with one write. */
const PIECE_BYTES = 256 * 1_024;

/**
 * Writes batches into one segment file.
 *
 * Space is made ready, filled and synced, before a batch is written into it. So a full disk is
 * found out before anything of the batch is written, and the batch itself overwrites blocks the
 * file has.
 */
export class SegmentWriter {
  readonly sequence: number;
  readonly seed: number;
  readonly #file: DiskFile;
  #end: number;
  #readyEnd: number;

  private constructor(file: DiskFile, sequence: number, end: number, readyEnd: number) {
    this.#file = file;
    this.sequence = sequence;
    this.seed = segmentSeed(sequence);
    this.#end = end;
    this.#readyEnd = readyEnd;
  }

  /**
   * A new, empty segment file with about `readyBytes` ready, or with one block if there is no room
   * for more. Nothing is left of it if that fails, too.
   */
  static async create(
    disk: Disk,
    path: string,
    sequence: number,
    readyBytes: number,
  ): Promise<SegmentWriter> {
    await disk.remove(path);
    const writer = new SegmentWriter(await disk.open(path, { mode: 'new' }), sequence, 0, 0);
    try {
      await writer.makeReady(Math.min(BLOCK_BYTES, readyBytes), readyBytes);
      return writer;
    } catch (error) {
      await writer.close();
      await disk.remove(path);
      throw error;
    }
  }

  /** Goes on in a segment, `file`, behind its last batch. */
  static resume(file: DiskFile, sequence: number, end: number, readyEnd: number): SegmentWriter {
    return new SegmentWriter(file, sequence, end, readyEnd);
  }

  /** The same segment, whose file has a new name and is open as `file` now. */
  movedTo(file: DiskFile): SegmentWriter {
    return new SegmentWriter(file, this.sequence, this.#end, this.#readyEnd);
  }

  /** Where the next batch goes. */
  get end(): number {
    return this.#end;
  }

  /** How much can be written without making more space ready. */
  get readyBytes(): number {
    return this.#readyEnd - this.#end;
  }

  /**
   * Sees to it that `neededBytes` can be written, and some more while at it.
   *
   * @param limit - Where in the segment that more ends.
   * @throws DiskError 'DISK_FULL' if there is no room; nothing has changed then.
   */
  async makeReady(neededBytes: number, limit: number): Promise<void> {
    if (this.readyBytes >= neededBytes) return;
    const needed = this.#end + neededBytes;
    const step = Math.min(Math.max(this.#end, STEP_BYTES_MIN), STEP_BYTES_MAX);
    const wanted = Math.max(needed, Math.min(this.#readyEnd + step, limit));
    try {
      await this.#fillTo(wanted);
    } catch (error) {
      if (!isDiskFull(error) || wanted === needed) throw error;
      await this.#fillTo(needed);
    }
  }

  /**
   * Writes and syncs what comes next. Once it resolves `bytes` are durable.
   *
   * @throws DiskError 'DISK_FULL' if there was no room after all and nothing is left of the
   *   attempt. After any other error it is unknown what is durable.
   */
  async commit(bytes: Uint8Array): Promise<void> {
    // Both at once: a disk can make one operation of a write and the sync right behind it.
    const writing = this.#file.write(this.#end, bytes);
    const [written, synced] = await Promise.allSettled([writing, this.#file.sync()]);
    if (synced.status === 'rejected') unknownOutcome(synced.reason);
    if (written.status === 'rejected') {
      await this.#retreat(written.reason, bytes.length);
      throw written.reason;
    }
    this.#end += bytes.length;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #fillTo(offset: number): Promise<void> {
    const end = Math.ceil(offset / BLOCK_BYTES) * BLOCK_BYTES;
    try {
      await this.#fill(this.#readyEnd, end);
    } catch (error) {
      // What was filled in vain is given back: others may need it more.
      if (isDiskFull(error)) await this.#file.truncate(this.#readyEnd).catch(unknownOutcome);
      throw error;
    }
    await this.#file.sync().catch(unknownOutcome);
    this.#readyEnd = end;
  }

  async #fill(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += PIECE_BYTES) {
      const piece = areaOf(new Uint8Array(Math.min(PIECE_BYTES, to - at)));
      fillUnwritten(piece, this.seed, at);
      await this.#file.write(at, piece.bytes);
    }
  }

  /** Removes every trace of a batch that did not fit, so that the next one finds clean space. */
  async #retreat(reason: unknown, sizeBytes: number): Promise<void> {
    if (!isDiskFull(reason)) unknownOutcome(reason);
    await this.#fill(this.#end, this.#end + sizeBytes).catch(unknownOutcome);
    await this.#file.sync().catch(unknownOutcome);
  }
}

/** For any failure that must never be taken for a full disk found out in time. */
export function unknownOutcome(cause: unknown): never {
  throw new Error('the batch may or may not be durable', { cause });
}
