import { describe, expect, test } from 'vitest';

import { NoNodesError } from '../src/errors.ts';
import { checkedEpoch, ownerOf } from '../src/placement.ts';

describe('ownerOf', () => {
  test('is the node, or an error that says what is missing', () => {
    const node = { id: 'a', weight: 1 };
    expect(ownerOf(node)).toBe(node);
    expect(() => ownerOf(undefined)).toThrow(NoNodesError);
    expect(() => ownerOf(undefined)).toThrow('nodes: expected one of a positive weight, got none');
  });
});

describe('checkedEpoch', () => {
  test('takes safe integers of at least 0', () => {
    expect([0, 7, Number.MAX_SAFE_INTEGER].map(checkedEpoch)).toEqual([
      0,
      7,
      Number.MAX_SAFE_INTEGER,
    ]);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %d', (epoch) => {
    expect(() => checkedEpoch(epoch)).toThrow(/^epoch: expected an integer/);
  });
});
