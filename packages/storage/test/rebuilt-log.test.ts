import { describe, expect, test } from 'vitest';

import { NO_TRUNCATION } from '../src/log-format.ts';
import type { StateMark } from '../src/log-state.ts';
import { fitsAfter, RebuiltLog } from '../src/rebuilt-log.ts';

const markOf = (
  fromIndex: number,
  entryCount: number,
  also: Partial<StateMark> = {},
): StateMark => ({
  fromIndex,
  entryCount,
  metadataBytes: undefined,
  compactedIndex: 0,
  compactedTerm: 0,
  previousLastIndex: fromIndex - 1,
  truncationCount: 0,
  lowestTruncation: NO_TRUNCATION,
  metadataVersion: 0,
  ...also,
});
const place = { path: 'log/1.wal', offset: 8 };

function accept(log: RebuiltLog, mark: StateMark): void {
  const units = Uint32Array.from({ length: mark.entryCount }, (_, position) => position);
  const terms = new Float64Array(mark.entryCount).fill(1);
  const rest = { metadata: undefined, chain: 0, isFirstInSegment: false, doubt: '' };
  log.accept({ mark, units, terms, broken: [], path: place.path, ...rest });
}
const indexes = (log: RebuiltLog): readonly number[] =>
  log.damage.entries(() => undefined).map(({ logIndex }) => logIndex);

describe('a log put together again', () => {
  test('names what is missing between two batches', () => {
    const log = new RebuiltLog();
    log.beginSegment(1);
    accept(log, markOf(1, 2));
    const later = markOf(6, 1);
    expect(fitsAfter(log.state, later)).toBe(false);
    expect(log.beginLoss(later, { isTruncationBounded: true })).toBe(3);
    log.endLoss(later, [{ logIndex: 4, term: 1, offset: 80 }], { place, chain: undefined });
    accept(log, later);
    expect(indexes(log)).toEqual([3, 5]);
    expect(log.index.unitAt(4)).toBe(10);
  });

  test('gives up what may have been replaced meanwhile, as far down as that may go', () => {
    for (const [isTruncationBounded, lost] of [
      [true, [2]],
      [false, [1, 2]],
    ] as const) {
      const log = new RebuiltLog();
      log.beginSegment(1);
      accept(log, markOf(1, 4));
      const later = markOf(3, 1, { truncationCount: 1, lowestTruncation: 2 });
      log.beginLoss(later, { isTruncationBounded });
      log.endLoss(later, [], { place, chain: undefined });
      accept(log, later);
      expect(indexes(log)).toEqual(lost);
    }
  });

  test('forgets what a compaction covers', () => {
    const log = new RebuiltLog();
    log.beginSegment(1);
    accept(log, markOf(1, 2));
    const later = markOf(9, 1, { compactedIndex: 8, compactedTerm: 1 });
    log.beginLoss(later, { isTruncationBounded: false });
    log.endLoss(later, [], { place, chain: undefined });
    accept(log, later);
    expect([log.index.firstIndex, log.index.lastIndex, indexes(log)]).toEqual([9, 9, []]);
  });
});
