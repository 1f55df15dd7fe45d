import { BATCH_BYTES_WANTED, batchBytes, BatchBuilder } from '../batch-builder.ts';
import type { LogBounds, LogRequest } from '../batch-builder.ts';
import type { GatheredBatch } from '../commit-queue.ts';
import type { LogEntry } from '../log-entry.ts';
import type { SizedBatch } from '../log-writer.ts';
import type { GroupRecord } from './group-record.ts';
import { encodeDirectory, type GroupSection, SECTION_BYTES_MAX } from './group-section.ts';

/** A directory that has grown to this size takes no more groups. Well below the largest record. */
const DIRECTORY_BYTES_WANTED = 49_152;

/** What the requests of all groups come to, until it is written. */
export class SharedBatch implements GatheredBatch {
  readonly #parts = new Map<GroupRecord, BatchBuilder>();
  readonly #restated = new Set<GroupRecord>();
  readonly #removed = new Set<GroupRecord>();
  #entriesBytes = 0;
  #directoryBytes = 0;
  #isRelease = false;

  /** What is to be done to `group`, if anything. */
  partOf(group: GroupRecord): BatchBuilder | undefined {
    return this.#parts.get(group);
  }

  /** Adds a request of `group`, whose log is `before` without this batch. */
  add(group: GroupRecord, before: LogBounds, request: LogRequest): void {
    const part = this.#partFor(group, before);
    this.#entriesBytes -= part.entriesBytes;
    this.#directoryBytes -= sectionBytesMax(group, part);
    part.add(request);
    this.#entriesBytes += part.entriesBytes;
    this.#directoryBytes += sectionBytesMax(group, part);
  }

  /** Says once more what the group's log is. */
  restate(group: GroupRecord, before: LogBounds): void {
    this.#partFor(group, before);
    this.#restated.add(group);
  }

  /** Ends the group. */
  remove(group: GroupRecord, before: LogBounds): void {
    this.restate(group, before);
    this.#removed.add(group);
  }

  /** Is written even if it does nothing but say what is not needed any more. */
  release(): void {
    this.#isRelease = true;
  }

  /** The groups of which something is to be written, in the order of their entries. */
  get parts(): readonly (readonly [GroupRecord, BatchBuilder])[] {
    return [...this.#parts].filter(([group, part]) => !part.isEmpty || this.#restated.has(group));
  }

  get isEmpty(): boolean {
    return !this.#isRelease && this.parts.length === 0;
  }

  get isFull(): boolean {
    return (
      this.#entriesBytes >= BATCH_BYTES_WANTED || this.#directoryBytes >= DIRECTORY_BYTES_WANTED
    );
  }

  /** More than it takes on disk. */
  get sizeBytesMax(): number {
    return batchBytes(this.#entriesBytes, undefined) + 2 * this.#directoryBytes + 64;
  }

  isRemoved(group: GroupRecord): boolean {
    return this.#removed.has(group);
  }

  /**
   * The batch as the physical log writes it.
   *
   * @param position - Of its first entry among all that were ever written.
   */
  planAt(position: number, told: Told): SizedBatch {
    const parts = this.parts;
    const none: readonly LogEntry[] = [];
    const entries = none.concat(...parts.map(([, part]) => part.entries));
    const sections = parts.map(([group, part]) =>
      sectionOf(group, part, { ...told, isRemoval: this.#removed.has(group) }),
    );
    const metadata = encodeDirectory({ releasedBatch: told.releasedBatch, sections });
    return {
      fromIndex: position,
      entries,
      compactedIndex: told.releasedPosition,
      compactedTerm: 0,
      metadata,
      entriesBytes: this.#entriesBytes,
      sizeBytes: batchBytes(this.#entriesBytes, metadata),
    };
  }

  #partFor(group: GroupRecord, before: LogBounds): BatchBuilder {
    const known = this.#parts.get(group);
    if (known !== undefined) return known;
    const part = new BatchBuilder(before);
    this.#parts.set(group, part);
    this.#directoryBytes += sectionBytesMax(group, part);
    return part;
  }
}

function sectionBytesMax({ state }: GroupRecord, part: BatchBuilder): number {
  const metadata = part.metadata ?? state.metadata;
  return SECTION_BYTES_MAX + (metadata?.length ?? 0);
}

/** What a batch says besides what it does. */
export interface Told {
  readonly releasedBatch: number;
  readonly releasedPosition: number;
  /** The segment it goes to, unless it begins another. */
  readonly segment: number;
  readonly mayBeginSegment: boolean;
}

/** What is written of one group: with its metadata where the segment does not have it yet. */
function sectionOf(
  group: GroupRecord,
  part: BatchBuilder,
  { segment, mayBeginSegment, isRemoval }: Told & { readonly isRemoval: boolean },
): GroupSection {
  const { state } = group;
  const mustRepeat = mayBeginSegment || group.segment !== segment;
  const metadata = part.metadata ?? (mustRepeat ? state.metadata : undefined);
  return {
    groupId: group.groupId,
    isRemoval,
    fromIndex: part.fromIndex,
    entryCount: part.entries.length,
    compactedIndex: part.compactedIndex,
    compactedTerm: part.compactedTerm,
    previousLastIndex: state.lastIndex,
    truncationCount: state.truncationCount,
    lowestTruncation: state.lowestTruncation,
    metadataVersion: state.metadataVersion + (part.metadata === undefined ? 0 : 1),
    previousSegment: group.segment,
    metadata,
    metadataBytes: metadata?.length,
  };
}
