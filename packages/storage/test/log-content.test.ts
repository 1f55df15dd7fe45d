import { describe, expect, test } from 'vitest';

import { DamageList } from '../src/damage-list.ts';
import { LogContent } from '../src/log-content.ts';
import { LogIndex } from '../src/log-index.ts';
import { SegmentTable } from '../src/segment-table.ts';
import { entryOf } from './support/files.ts';

const planOf = (fromIndex: number, count: number, compactedIndex = 0) => ({
  fromIndex,
  entries: Array.from({ length: count }, (_, place) => entryOf(fromIndex + place, 1, 1)),
  compactedIndex,
  compactedTerm: 0,
  metadata: undefined,
});

describe('the content of a log', () => {
  test('follows appends, truncations and compactions', () => {
    const damage = new DamageList();
    const content = new LogContent({
      index: new LogIndex(1),
      segments: new SegmentTable(),
      damage,
    });
    content.apply(planOf(1, 3), Uint32Array.of(10, 20, 30), 1);
    damage.add({ fromIndex: 2, toIndex: 2, path: 'x', offset: 0, reason: 'test' });
    content.apply(planOf(3, 2, 2), Uint32Array.of(40, 50), 2);
    expect([2, 3, 4].map((logIndex) => content.index.unitAt(logIndex))).toEqual([
      0xffff_ffff, 40, 50,
    ]);
    expect([content.segments.of(3), content.damage.find(1, 9)]).toEqual([2, undefined]);
    content.apply(planOf(3, 1, 2), Uint32Array.of(60), undefined);
    expect([content.index.firstIndex, content.index.lastIndex]).toEqual([3, 3]);
  });
});
