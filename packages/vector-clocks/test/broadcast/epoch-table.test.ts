import { describe, expect, test } from 'vitest';

import { EpochTable } from '../../src/broadcast/epoch-table.ts';
import { membersOf } from '../support/members.ts';

describe('a table', () => {
  test('numbers members and departed by ascending id', () => {
    const departed = new Map([['b@1', { departedEpoch: 2, settledEpoch: undefined }]]);
    const table = new EpochTable(2, membersOf('c@1', 'a@2'), departed);
    expect(table.ids).toEqual(['a@2', 'b@1', 'c@1']);
    expect([0, 1, 2, 3].map((index) => table.isMember(index))).toEqual([true, false, true, false]);
    expect([table.indexOf('c@1'), table.indexOf('b@2') < 0, table.size]).toEqual([2, true, 3]);
  });

  test.each([
    ['nobody', [], 'members: expected at least 1, got 0'],
    ['two lives of a node', ['a@1', 'a@2'], 'members: expected one life of each node, got a@1,a@2'],
    ['the same one twice', ['a@1', 'a@1'], 'members: expected one life of each node, got a@1'],
    ['one who has departed', ['x@1'], 'members: expected a new incarnation, got x@1'],
  ])('of %s is refused', (_name, ids, message) => {
    const departed = new Map([['x@1', { departedEpoch: 2, settledEpoch: undefined }]]);
    expect(() => new EpochTable(3, membersOf(...ids), departed)).toThrow(message);
  });
});

describe('the next table', () => {
  const table = new EpochTable(4, membersOf('a@1', 'b@1', 'c@1'));

  test('speaks of those who have left', () => {
    const next = table.next(membersOf('a@1', 'c@2'), new Map());
    expect(next.epoch).toBe(5);
    expect(next.ids).toEqual(['a@1', 'b@1', 'c@1', 'c@2']);
    expect([...next.departed.values()]).toEqual([
      { departedEpoch: 5, settledEpoch: undefined },
      { departedEpoch: 5, settledEpoch: undefined },
    ]);
  });

  test.each([
    ['no longer, once they are settled and nobody is open', 4, undefined, []],
    ['no longer, if only those are open who left later', 4, 5, ['y@1']],
    ['still, while one is open who left before they settled', 4, 4, ['x@1', 'y@1']],
    ['still, if they are open', undefined, undefined, ['x@1']],
  ])('speaks of departed ones %s', (_name, settledEpoch, openSince, remaining) => {
    const departed = new Map([
      ['x@1', { departedEpoch: 3, settledEpoch }],
      ...(openSince === undefined
        ? []
        : [['y@1', { departedEpoch: openSince, settledEpoch: undefined }] as const]),
    ]);
    const next = table.next(membersOf('a@1', 'b@1', 'c@1'), departed);
    expect([...next.departed.keys()]).toEqual(remaining);
  });
});
