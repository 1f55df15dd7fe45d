import { batchBytes, type BatchPlan } from './batch-builder.ts';
import { type EncodedBatch, encodeBatch, markOf } from './batch-codec.ts';
import { DiskError, LogError } from './errors.ts';
import {
  type Area,
  areaOf,
  MARGIN_BYTES,
  METADATA_BYTES_MAX,
  SEGMENT_HEADER_BYTES,
  writeSegmentHeader,
} from './log-format.ts';
import { type LogState, stateAfter } from './log-state.ts';
import type { SegmentFiles } from './segment-files.ts';
import { type SegmentWriter, unknownOutcome } from './segment-writer.ts';

/**
 * Room kept free behind the entries of a segment, for compactions and resets: they are what makes
 * room on a full disk, so they must not need any. Enough for a batch of nothing but metadata.
 */
const RESERVE_BYTES = batchBytes(0, new Uint8Array(METADATA_BYTES_MAX)) + MARGIN_BYTES;

/** A buffer larger than this is not kept for the next batch. */
const KEPT_BUFFER_BYTES = 8 * 1_024 * 1_024;

/** A batch that knows how much room it takes. */
export interface SizedBatch extends BatchPlan {
  /** How many bytes the entries take on disk. */
  readonly entriesBytes: number;
  /** How many bytes the batch takes on disk. */
  readonly sizeBytes: number;
}

/** What one write did. */
export interface WrittenBatch {
  readonly plan: BatchPlan;
  /** Position of each entry, in units of 8 bytes. */
  readonly units: Uint32Array;
  /** The segment it begins, if it does. */
  readonly newSegment: number | undefined;
}

/** Writes batches one after the other, and goes on to a new segment when one is full. */
export class LogWriter {
  readonly #files: SegmentFiles;
  readonly #segmentBytes: number;
  #state: LogState;
  #active: SegmentWriter | undefined;
  /** The highest segment number in use. */
  #lastSequence: number;
  #buffer: Area = areaOf(new Uint8Array(64 * 1_024));

  /**
   * @param active - Where the log goes on; undefined to begin a new segment.
   * @param lastSequence - The highest segment number in use; 0 if there is none.
   */
  constructor(
    files: SegmentFiles,
    segmentBytes: number,
    recovered: {
      readonly state: LogState;
      readonly active: SegmentWriter | undefined;
      readonly lastSequence: number;
    },
  ) {
    this.#files = files;
    this.#segmentBytes = segmentBytes;
    this.#state = recovered.state;
    this.#active = recovered.active;
    this.#lastSequence = recovered.lastSequence;
  }

  /** The log as far as it is durable. */
  get state(): LogState {
    return this.#state;
  }

  /** The segment that is written to; 0 before the first write. */
  get sequence(): number {
    return this.#active?.sequence ?? 0;
  }

  /** Whether a batch of up to `sizeBytes` may begin a new segment. */
  mayBeginSegment(sizeBytes: number): boolean {
    return this.#active === undefined || this.#active.end + sizeBytes > this.#segmentBytes;
  }

  /** How many bytes of the segment are written. */
  get segmentEnd(): number {
    return this.#active?.end ?? 0;
  }

  /**
   * Makes a batch durable.
   *
   * @throws DiskError 'DISK_FULL' if there is no room, and the log is what it was before. LogError
   *   'LOG_POISONED' for anything else: then it is unknown what is durable.
   */
  async write(batch: SizedBatch): Promise<WrittenBatch> {
    try {
      const active = this.#active;
      if (active === undefined) return await this.#writeToNewSegment(batch);
      const { sizeBytes } = batch;
      const mayUseReserve = batch.entries.length === 0;
      if (mayUseReserve && active.readyBytes >= sizeBytes + MARGIN_BYTES) {
        return await this.#append(active, batch);
      }
      if (active.end + sizeBytes > this.#segmentBytes) return await this.#writeToNewSegment(batch);
      await active.makeReady(sizeBytes + RESERVE_BYTES, this.#segmentBytes + RESERVE_BYTES);
      return await this.#append(active, batch);
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'DISK_FULL') throw cause;
      throw new LogError(
        'LOG_POISONED',
        'a write or sync failed, and what is durable is unknown: close the log, ' +
          'look to the disk, and open it again',
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    await this.#active?.close();
  }

  async #append(active: SegmentWriter, batch: SizedBatch): Promise<WrittenBatch> {
    const { sizeBytes } = batch;
    const area = this.#bufferOf(sizeBytes);
    const mark = markOf(batch, sizeBytes, this.#state);
    const target = { area, at: 0, offset: active.end, seed: active.seed };
    const { chain, units } = encodeBatch(batch, mark, this.#chain(), target);
    await active.commit(area.bytes.subarray(0, sizeBytes));
    const { metadata } = batch;
    this.#state = stateAfter(this.#state, mark, { metadata, chain, isFirstInSegment: false });
    // Prepared while this segment still has room, so that nobody waits for it.
    if (active.end > this.#segmentBytes / 2) {
      this.#files.prepare(active.sequence + 1, this.#firstStep());
    }
    return { plan: batch, units, newSegment: undefined };
  }

  /** The first batch of a segment repeats the metadata, so that older segments can be removed. */
  async #writeToNewSegment(batch: SizedBatch): Promise<WrittenBatch> {
    const metadata = batch.metadata ?? this.#state.metadata;
    const { fromIndex, entries, compactedIndex, compactedTerm } = batch;
    const plan = { fromIndex, entries, compactedIndex, compactedTerm, metadata };
    const sizeBytes = batchBytes(batch.entriesBytes, metadata);
    const mark = markOf(plan, sizeBytes, this.#state);
    const sequence = this.#lastSequence + 1;
    const writer = await this.#files.takePrepared(sequence, this.#firstStep());
    let encoded: EncodedBatch;
    try {
      const area = await this.#makeRoom(writer, SEGMENT_HEADER_BYTES + sizeBytes);
      writeSegmentHeader(area, sequence);
      const at = SEGMENT_HEADER_BYTES;
      const target = { area, at, offset: at, seed: writer.seed };
      encoded = encodeBatch(plan, mark, this.#chain(), target);
      await writer.commit(area.bytes.subarray(0, SEGMENT_HEADER_BYTES + sizeBytes));
    } catch (error) {
      await this.#files.discard(writer);
      throw error;
    }
    // From here on the batch may come to life, so a full disk is no excuse any more.
    const active = await this.#files.adopt(writer).catch(unknownOutcome);
    await this.#active?.close().catch(unknownOutcome);
    this.#active = active;
    this.#lastSequence = sequence;
    const { chain, units } = encoded;
    this.#state = stateAfter(this.#state, mark, { metadata, chain, isFirstInSegment: true });
    return { plan, units, newSegment: sequence };
  }

  async #makeRoom(writer: SegmentWriter, sizeBytes: number): Promise<Area> {
    await writer.makeReady(sizeBytes + RESERVE_BYTES, this.#firstStep());
    return this.#bufferOf(sizeBytes);
  }

  #firstStep(): number {
    return Math.min(this.#segmentBytes, 64 * 1_024);
  }

  /**
   * After damage the chain may be unknown; then any value will do, recovery takes what it finds.
   */
  #chain(): number {
    return this.#state.chain ?? 0;
  }

  #bufferOf(sizeBytes: number): Area {
    if (this.#buffer.bytes.length >= sizeBytes) return this.#buffer;
    const area = areaOf(new Uint8Array(2 ** Math.ceil(Math.log2(sizeBytes))));
    if (area.bytes.length <= KEPT_BUFFER_BYTES) this.#buffer = area;
    return area;
  }
}
