/*
 * Makes what recovery accepted durable.
 *
 * A process killed between a write and its sync leaves its last batch in the system's cache only.
 * Recovery finds the batch whole and the log acts upon it, and a power cut then takes it away.
 * Syncing again is not enough: after a failed sync a system may count the pages as clean, and a
 * second sync answers success for bytes that never reached the disk. So the last batch is written
 * once more.
 *
 * Source: Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020.
 */
import type { ScannedBatch } from './batch-scan.ts';
import type { DiskFile } from './disk.ts';
import { DiskError } from './errors.ts';
import { areaOf, MARK_BYTES, segmentSeed, writeMark } from './log-format.ts';
import type { LogTail } from './log-recovery.ts';
import type { SegmentFiles } from './segment-files.ts';
import { SegmentWriter } from './segment-writer.ts';

const PIECE_BYTES = 1_024 * 1_024;

/**
 * Opens the last segment to go on in it, its last batch durable.
 *
 * @returns Undefined if the log must go on in a new segment: bytes that a crash left behind the
 *   last batch are never written over, so that they stay what they are, evidence.
 */
export async function resumeTail(
  files: SegmentFiles,
  tail: LogTail,
): Promise<SegmentWriter | undefined> {
  const { sequence, end, readyEnd, lastBatch } = tail;
  const file = await files.open(sequence);
  try {
    if (lastBatch !== undefined) await rewrite(file, segmentSeed(sequence), lastBatch);
    await file.sync();
    if (tail.isClean) return SegmentWriter.resume(file, sequence, end, readyEnd);
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function rewrite(file: DiskFile, seed: number, batch: ScannedBatch): Promise<void> {
  try {
    for (let at = batch.start; at < batch.end; at += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, batch.end - at));
      await file.read(at, piece);
      await file.write(at, piece);
    }
    await rewriteMarks(file, seed, batch);
  } catch (error) {
    // Some file systems take new room for old bytes. There is none; what is there has to do.
    if (!(error instanceof DiskError) || error.code !== 'DISK_FULL') throw error;
  }
}

/** Puts back a mark that a torn write left out or that was damaged: the other one has it all. */
async function rewriteMarks(file: DiskFile, seed: number, batch: ScannedBatch): Promise<void> {
  const { mark, start, end, previousChain, chain } = batch;
  const area = areaOf(new Uint8Array(MARK_BYTES));
  if (!batch.hasOpening && previousChain !== undefined) {
    writeMark(area, 0, { ...mark, kind: 'opening', chain: previousChain }, seed, start);
    await file.write(start, area.bytes);
  }
  if (!batch.hasClosing && chain !== undefined) {
    const offset = end - MARK_BYTES;
    writeMark(area, 0, { ...mark, kind: 'closing', chain }, seed, offset);
    await file.write(offset, area.bytes);
  }
}
