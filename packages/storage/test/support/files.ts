import { MemoryDisk } from '../../src/adapters/memory.ts';
import type { BatchPlan } from '../../src/batch-builder.ts';
import { batchBytes, BatchBuilder } from '../../src/batch-builder.ts';
import { encodeBatch, markOf } from '../../src/batch-codec.ts';
import type { DiskFile } from '../../src/disk.ts';
import type { LogEntry } from '../../src/log-entry.ts';
import {
  areaOf,
  SEGMENT_HEADER_BYTES,
  segmentSeed,
  writeSegmentHeader,
} from '../../src/log-format.ts';
import { EMPTY_STATE, type LogState, stateAfter } from '../../src/log-state.ts';
import { fillUnwritten } from '../../src/unwritten.ts';

/** An entry with a payload of `sizeBytes` times its index. */
export function entryOf(logIndex: number, term: number, sizeBytes: number): LogEntry {
  return { logIndex, term, type: 0, payload: new Uint8Array(sizeBytes).fill(logIndex) };
}

/** Entries that are appended in one batch after `state`. */
export function appending(
  state: LogState,
  entries: readonly LogEntry[],
  metadata?: Uint8Array,
  truncateFrom?: number,
): BatchBuilder {
  const batch = new BatchBuilder(state);
  batch.add({ kind: 'append', truncateFrom, entries, metadata });
  return batch;
}

/** A segment built batch by batch in memory. */
export class SegmentImage {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  state: LogState;
  end: number = SEGMENT_HEADER_BYTES;

  constructor(sequence: number, sizeBytes: number, state: LogState = EMPTY_STATE) {
    this.sequence = sequence;
    this.bytes = new Uint8Array(sizeBytes);
    this.state = state;
    fillUnwritten(areaOf(this.bytes), segmentSeed(sequence), 0);
    writeSegmentHeader(areaOf(this.bytes), sequence);
  }

  /** Adds a batch; returns where it begins. */
  add(plan: BatchPlan & { readonly entriesBytes: number }): number {
    const start = this.end;
    const sizeBytes = batchBytes(plan.entriesBytes, plan.metadata);
    const mark = markOf(plan, sizeBytes, this.state);
    const target = {
      area: areaOf(this.bytes),
      at: start,
      offset: start,
      seed: segmentSeed(this.sequence),
    };
    const { chain } = encodeBatch(plan, mark, this.state.chain ?? 0, target);
    const isFirstInSegment = start === SEGMENT_HEADER_BYTES;
    const { metadata } = plan;
    this.state = stateAfter(this.state, mark, { metadata, chain, isFirstInSegment });
    this.end += sizeBytes;
    return start;
  }
}

/** A file with this content on a disk of its own. */
export async function fileOf(bytes: Uint8Array): Promise<DiskFile> {
  const file = await new MemoryDisk().open('file', { mode: 'new' });
  await file.write(0, bytes);
  return file;
}
