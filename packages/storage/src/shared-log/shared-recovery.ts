/*
 * What each group was, from the batches that all of them share.
 *
 * Whether a batch was torn or is damaged is settled before (`log-recovery.ts`), for all groups in
 * it alike. Here it is told apart whose loss it is. A section says what its group's log was before
 * it, so what a group lost is named by its next section, as in a log of one group.
 *
 * A loss with no later section of a group may or may not have been that group's. Then the group is
 * *in doubt*: it must not be opened, lest a node forgets its vote, while all others can. To keep
 * that rare, every segment begins with a section for each group.
 */
import { DecodeError } from '@quorate/transport/codec';

import { type BrokenEntry, isWhole, type ScannedBatch } from '../batch-scan.ts';
import { LogContent } from '../log-content.ts';
import { LogIndex } from '../log-index.ts';
import type { AcceptedPlace, RecoveryObserver } from '../log-recovery.ts';
import { fitsAfter, type LossPlace, RebuiltLog } from '../rebuilt-log.ts';
import { GROUP_CHUNK_ENTRIES, type GroupRecord, groupRecord } from './group-record.ts';
import { decodeDirectory, type Directory, type GroupSection } from './group-section.ts';

/** What a segment holds, as numbers that only rise. */
export interface SegmentEnd {
  readonly sequence: number;
  /** Its last batch, counted from 1. */
  lastBatch: number;
  /** The position of its last entry. */
  lastPosition: number;
  /** How much of it is written. */
  endBytes: number;
}

/** Batches that are missing, and where. */
interface Loss extends LossPlace {
  readonly from: number;
  readonly to: number;
}

interface RebuiltGroup {
  readonly log: RebuiltLog;
  /** The segment and the batch of its newest section. */
  segment: number;
  batch: number;
}

/** Follows the batches of a shared log, group by group. */
export class SharedRecovery implements RecoveryObserver {
  readonly #groups = new Map<string, RebuiltGroup>();
  /** The batch in which each group ended that did. */
  readonly #ended = new Map<string, number>();
  readonly #losses: Loss[] = [];
  readonly #segments: SegmentEnd[] = [];
  #releasedBatch = 0;

  /** The segments that were found, ascending. */
  get segments(): SegmentEnd[] {
    return this.#segments;
  }

  /** Batches up to this one are not needed any more. */
  get releasedBatch(): number {
    return this.#releasedBatch;
  }

  /** Whether batches were lost that may have told of groups that nobody knows of now. */
  get isIncomplete(): boolean {
    return this.#losses.some(({ to }) => to > this.#releasedBatch);
  }

  onLost({ from, to }: { readonly from: number; readonly to: number }, place: LossPlace): void {
    if (from <= to) this.#losses.push({ ...place, from, to });
  }

  onBatch(batch: ScannedBatch, place: AcceptedPlace): void {
    const { mark, start } = batch;
    const ordinal = mark.metadataVersion;
    this.#noteEnd(batch, place.sequence);
    const directory = directoryOf(batch);
    if (directory === undefined) {
      this.onLost({ from: ordinal, to: ordinal }, { path: place.path, offset: start });
      return;
    }
    this.#releasedBatch = Math.max(this.#releasedBatch, directory.releasedBatch);
    let position = 0;
    for (const section of directory.sections) {
      this.#accept(section, partOf(batch, position, section), place, ordinal);
      position += section.entryCount;
    }
  }

  /** The groups that ended after everything that was lost. */
  endedGroups(): Set<string> {
    const ended = [...this.#ended].filter(([, batch]) => this.#lossAfter(batch) === undefined);
    return new Set(ended.map(([groupId]) => groupId));
  }

  /** What is known of every group. */
  groups(): readonly GroupRecord[] {
    return [...this.#groups].map(([groupId, { log, segment, batch }]) =>
      groupRecord({
        groupId,
        content: new LogContent(log),
        state: log.state,
        segment,
        doubt: this.#doubtOf(log, batch),
      }),
    );
  }

  #accept(
    section: GroupSection,
    part: Part,
    { path, sequence, doubt }: AcceptedPlace,
    ordinal: number,
  ): void {
    const { groupId, previousSegment, metadata } = section;
    if (section.isRemoval) {
      this.#groups.delete(groupId);
      this.#ended.set(groupId, ordinal);
      return;
    }
    const group = this.#groupFor(section);
    const isFirstInSegment = group.segment !== sequence;
    if (isFirstInSegment) group.log.beginSegment(sequence);
    if (!fitsAfter(group.log.state, section)) {
      const isTruncationBounded = group.segment === previousSegment;
      const place = this.#lossAfter(group.batch) ?? { path, offset: part.offset };
      group.log.beginLoss(section, { isTruncationBounded });
      group.log.endLoss(section, [], { place, chain: 0 });
    }
    const details = { metadata, chain: 0, isFirstInSegment, path, doubt };
    group.log.accept({ ...part, ...details, mark: section });
    group.segment = sequence;
    group.batch = ordinal;
  }

  #groupFor({ groupId, previousSegment }: GroupSection): RebuiltGroup {
    const known = this.#groups.get(groupId);
    // A group that begins has nothing to do with one of its name that was removed.
    if (known !== undefined && previousSegment > 0) return known;
    const log = new RebuiltLog(new LogIndex(1, GROUP_CHUNK_ENTRIES));
    const group: RebuiltGroup = { log, segment: 0, batch: 0 };
    this.#groups.set(groupId, group);
    return group;
  }

  #noteEnd({ mark, units, end }: ScannedBatch, sequence: number): void {
    const lastBatch = mark.metadataVersion;
    const lastPosition = mark.fromIndex + units.length - 1;
    const newest = this.#segments.at(-1);
    if (newest?.sequence !== sequence) {
      this.#segments.push({ sequence, lastBatch, lastPosition, endBytes: end });
      return;
    }
    Object.assign(newest, { lastBatch, lastPosition, endBytes: end });
  }

  #lossAfter(batch: number): Loss | undefined {
    return this.#losses.find(({ to }) => to > batch && to > this.#releasedBatch);
  }

  #doubtOf({ state }: RebuiltLog, batch: number): string | undefined {
    if (state.knownMetadataVersion < state.metadataVersion) {
      return 'its metadata record in force is damaged: what it has promised is unknown';
    }
    const loss = this.#lossAfter(batch);
    if (loss === undefined) return undefined;
    return `what was lost in ${loss.path} at offset ${loss.offset} may have been its newest part`;
  }
}

/** What a batch did to one group. */
interface Part {
  readonly units: Uint32Array;
  readonly terms: Float64Array;
  readonly broken: readonly BrokenEntry[];
  readonly offset: number;
}

function partOf(batch: ScannedBatch, position: number, section: GroupSection): Part {
  const { units, terms, mark, start } = batch;
  const end = position + section.entryCount;
  const shift = section.fromIndex - mark.fromIndex - position;
  const broken = isWhole(batch)
    ? []
    : batch.broken.flatMap((entry) => {
        const place = entry.logIndex - mark.fromIndex;
        if (place < position || place >= end) return [];
        return [{ ...entry, logIndex: entry.logIndex + shift }];
      });
  return {
    units: units.subarray(position, end),
    terms: terms.subarray(position, end),
    broken,
    offset: start,
  };
}

function directoryOf({ metadata, units }: ScannedBatch): Directory | undefined {
  if (metadata === undefined) return undefined;
  try {
    return decodeDirectory(metadata, units.length);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
