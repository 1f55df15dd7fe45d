import { crc32c } from '@quorate/transport/codec';

import type { BatchPlan } from './batch-builder.ts';
import {
  type Area,
  type BatchMark,
  ENTRY_HEADER_BYTES,
  extendChain,
  padded,
  MARK_BYTES,
  UNIT_BYTES,
  writeEntryHeader,
  writeMark,
} from './log-format.ts';
import type { LogState } from './log-state.ts';

/** Where a batch goes. */
export interface BatchTarget {
  /** The memory it is written into, from `at` on. */
  readonly area: Area;
  readonly at: number;
  /** Where `at` will be in the segment, and that segment's seed. */
  readonly offset: number;
  readonly seed: number;
}

/** What became of a batch. */
export interface EncodedBatch {
  /** The chain after it. */
  readonly chain: number;
  /** Position of each entry in the segment, in units of 8 bytes. */
  readonly units: Uint32Array;
}

/** The mark of the batch of `sizeBytes` that `plan` makes after `state`. */
export function markOf(plan: BatchPlan, sizeBytes: number, state: LogState): BatchMark {
  const { metadata } = plan;
  // A segment's first batch repeats the metadata: that is no new version of it.
  const isNew = metadata !== undefined && metadata !== state.metadata;
  return {
    bodyBytes: sizeBytes - 2 * MARK_BYTES,
    entryCount: plan.entries.length,
    metadataBytes: metadata?.length,
    metadataCrc: metadata === undefined ? 0 : crc32c(metadata),
    fromIndex: plan.fromIndex,
    compactedIndex: plan.compactedIndex,
    compactedTerm: plan.compactedTerm,
    previousLastIndex: state.lastIndex,
    truncationCount: state.truncationCount,
    lowestTruncation: state.lowestTruncation,
    metadataVersion: state.metadataVersion + (isNew ? 1 : 0),
  };
}

/** Writes the batch into memory: marks, metadata and entries, with their checksums. */
export function encodeBatch(
  plan: BatchPlan,
  mark: BatchMark,
  previousChain: number,
  target: BatchTarget,
): EncodedBatch {
  const { area, at: start, seed } = target;
  const shift = target.offset - start;
  const units = new Uint32Array(plan.entries.length);
  const opening = { ...mark, kind: 'opening', chain: previousChain } as const;
  let chain = extendChain(previousChain, writeMark(area, start, opening, seed, start + shift));

  let at = writePadded(area.bytes, start + MARK_BYTES, plan.metadata);
  let position = 0;
  for (const { term, type, payload } of plan.entries) {
    const end = writePadded(area.bytes, at + ENTRY_HEADER_BYTES, payload);
    const header = {
      logIndex: plan.fromIndex + position,
      term,
      type,
      payloadBytes: payload.length,
      payloadCrc: crc32c(payload),
    };
    chain = extendChain(chain, writeEntryHeader(area, at, header, seed, at + shift));
    units[position] = (at + shift) / UNIT_BYTES;
    position += 1;
    at = end;
  }
  at = writePadded(area.bytes, at, plan.metadata);
  writeMark(area, at, { ...mark, kind: 'closing', chain }, seed, at + shift);
  return { chain, units };
}

/** Copies `content`, if any, to `at`, then zeros to a multiple of 8; returns where that ends. */
function writePadded(target: Uint8Array, at: number, content: Uint8Array | undefined): number {
  if (content === undefined) return at;
  const end = at + padded(content.length);
  target.set(content, at);
  target.fill(0, at + content.length, end);
  return end;
}
