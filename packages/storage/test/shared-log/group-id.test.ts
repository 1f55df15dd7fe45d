import { describe, expect, test } from 'vitest';

import { checkGroupId } from '../../src/shared-log/group-id.ts';

describe('checkGroupId', () => {
  test.each(['a', 'range-17', 'A_b.c', 'x'.repeat(64)])('takes %j', (groupId) => {
    checkGroupId(groupId);
  });

  test.each(['', '.a', 'a/b', '../a', 'a b', 'x'.repeat(65), 'é'])('refuses %j', (groupId) => {
    expect(() => {
      checkGroupId(groupId);
    }).toThrow(/^groupId: expected 1\.\.64 of/);
  });
});
