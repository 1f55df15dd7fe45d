/*
 * What one batch of a shared log does to each group, as it lies on disk.
 *
 * The batch itself is one of the write-ahead log's (`log-format.ts`): its entries are numbered by
 * their position in the physical log, gapless over all groups. Which of them are whose is said by
 * the *directory* that stands where a log of one group keeps its metadata record, and so, like that
 * record, at both ends of the batch. It has one section for each group: what a mark says of a log.
 *
 *     directory | released | section | section | …
 *
 *     section   | group id | bounds and counts, as `BatchMark` | previous segment | metadata |
 *
 * Entries follow in the order of the sections. A group's first section in a segment repeats its
 * metadata, so that older segments can be removed.
 */
import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';

import { METADATA_BYTES_MAX, NO_TRUNCATION } from '../log-format.ts';
import type { StateMark } from '../log-state.ts';

/** What a batch does to one group, and what the group's log was before. */
export interface GroupSection extends StateMark {
  readonly groupId: string;
  /** The segment of the group's section before; 0 if this is its first. */
  readonly previousSegment: number;
  /** The group is gone with this batch. */
  readonly isRemoval: boolean;
  readonly metadata: Uint8Array | undefined;
}

/** Who did what in a batch. */
export interface Directory {
  /** Batches up to this one, counted from 1, are not needed any more. */
  readonly releasedBatch: number;
  readonly sections: readonly GroupSection[];
}

/** Longest group id, in bytes of UTF-8. */
export const GROUP_ID_BYTES_MAX = 64;

/** More than a section takes besides its metadata. */
export const SECTION_BYTES_MAX: number = GROUP_ID_BYTES_MAX + 100;

const VERSION = 1;
const REMOVAL = 1;
const METADATA = 2;
const TRUNCATION = 4;

/** A directory as bytes. */
export function encodeDirectory({ releasedBatch, sections }: Directory): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(VERSION);
  writer.varint(releasedBatch);
  writer.varint(sections.length);
  for (const section of sections) writeSection(writer, section);
  return writer.finish();
}

/**
 * The directory in `bytes`.
 *
 * @param entryCount - How many entries its batch has.
 * @throws DecodeError if they are none, or of a batch with another number of entries.
 */
export function decodeDirectory(bytes: Uint8Array, entryCount: number): Directory {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
  const releasedBatch = reader.varint();
  const count = reader.count();
  const sections = Array.from({ length: count }, () => readSection(reader));
  reader.expectEnd();
  const found = sections.reduce((sum, section) => sum + section.entryCount, 0);
  if (found !== entryCount) {
    throw new DecodeError(`entries: expected ${entryCount} in all sections, got ${found}`);
  }
  return { releasedBatch, sections };
}

function writeSection(writer: ByteWriter, section: GroupSection): void {
  const { metadata, lowestTruncation } = section;
  const hasTruncation = lowestTruncation !== NO_TRUNCATION;
  writer.string(section.groupId);
  writer.u8(
    (section.isRemoval ? REMOVAL : 0) |
      (metadata === undefined ? 0 : METADATA) |
      (hasTruncation ? TRUNCATION : 0),
  );
  // The first index may be 2^53, which is no safe integer.
  writer.varint(section.fromIndex - 1);
  writer.varint(section.entryCount);
  writer.varint(section.compactedIndex);
  writer.varint(section.compactedTerm);
  writer.varint(section.previousLastIndex);
  writer.varint(section.truncationCount);
  writer.varint(section.metadataVersion);
  writer.varint(section.previousSegment);
  if (hasTruncation) writer.varint(lowestTruncation);
  if (metadata !== undefined) writer.lengthPrefixed(metadata);
}

function readSection(reader: ByteReader): GroupSection {
  const groupId = reader.string(GROUP_ID_BYTES_MAX);
  const flags = reader.u8();
  const fixed = {
    groupId,
    isRemoval: (flags & REMOVAL) !== 0,
    fromIndex: reader.varint() + 1,
    entryCount: reader.varint(),
    compactedIndex: reader.varint(),
    compactedTerm: reader.varint(),
    previousLastIndex: reader.varint(),
    truncationCount: reader.varint(),
    metadataVersion: reader.varint(),
    previousSegment: reader.varint(),
    lowestTruncation: (flags & TRUNCATION) === 0 ? NO_TRUNCATION : reader.varint(),
  };
  const hasMetadata = (flags & METADATA) !== 0;
  const metadata = hasMetadata ? reader.lengthPrefixed(METADATA_BYTES_MAX).slice() : undefined;
  return { ...fixed, metadata, metadataBytes: metadata?.length };
}
