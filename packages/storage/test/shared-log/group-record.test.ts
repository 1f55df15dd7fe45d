import { describe, expect, test } from 'vitest';

import { liveBytes, newGroup } from '../../src/shared-log/group-record.ts';

describe('a group', () => {
  test('that is new has no entries and no doubts', () => {
    const group = newGroup('red');
    expect(group).toMatchObject({ groupId: 'red', segment: 0, doubt: undefined });
    expect(liveBytes(group)).toBe(0);
  });

  test('uses as much as its entries take on the average', () => {
    const group = newGroup('red');
    group.state = { ...group.state, lastIndex: 10, compactedIndex: 6 };
    expect(liveBytes(group)).toBe(4 * 32);
    group.writtenCount = 5;
    group.writtenBytes = 500;
    expect(liveBytes(group)).toBe(400);
  });
});
