import { LogContent } from '../log-content.ts';
import { ENTRY_HEADER_BYTES } from '../log-format.ts';
import { LogIndex } from '../log-index.ts';
import { EMPTY_STATE, type LogState } from '../log-state.ts';
import { DamageList } from '../damage-list.ts';
import { SegmentTable } from '../segment-table.ts';

/** Entries of a group for which memory is taken at a time: many groups have few. */
export const GROUP_CHUNK_ENTRIES = 64;

/** What is durable of one group. */
export interface GroupRecord {
  readonly groupId: string;
  readonly content: LogContent;
  state: LogState;
  /** The segment of its newest section; 0 if it has none. */
  segment: number;
  /** Why it must not be opened: something of it was lost that cannot be named. */
  readonly doubt: string | undefined;
  /** How many entries were ever written, and their bytes on disk. */
  writtenCount: number;
  writtenBytes: number;
  /** Requests made, ever: tells whether anything happened meanwhile. */
  requestCount: number;
}

/** A group to which nothing was ever written. */
export function newGroup(groupId: string): GroupRecord {
  const content = new LogContent({
    index: new LogIndex(1, GROUP_CHUNK_ENTRIES),
    segments: new SegmentTable(),
    damage: new DamageList(),
  });
  return groupRecord({ groupId, content, state: EMPTY_STATE, segment: 0, doubt: undefined });
}

/** A group of which nothing was written or asked since it was recovered. */
export function groupRecord(
  found: Pick<GroupRecord, 'groupId' | 'content' | 'state' | 'segment' | 'doubt'>,
): GroupRecord {
  return { ...found, writtenCount: 0, writtenBytes: 0, requestCount: 0 };
}

/** About how many bytes on disk its entries in use take. */
export function liveBytes({ state, writtenCount, writtenBytes }: GroupRecord): number {
  const count = state.lastIndex - state.compactedIndex;
  const mean = writtenCount === 0 ? ENTRY_HEADER_BYTES : writtenBytes / writtenCount;
  return count * mean;
}
