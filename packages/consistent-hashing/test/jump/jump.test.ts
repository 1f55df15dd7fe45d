import { expect, test } from 'vitest';

import { jump } from '../../src/jump/jump.ts';
import { someKeys } from '../support/all-placements.ts';

test('a node behind all others takes its share, and nothing else moves', () => {
  const before = jump({ nodes: ['s-0', 's-1', 's-2', 's-3'] });
  const after = before.with({ add: ['s-4'] });
  const moved = someKeys(2_000).filter((key) => before.locate(key).id !== after.locate(key).id);
  for (const key of moved) expect(after.locate(key).id).toBe('s-4');
  expect(moved.length).toBeGreaterThan(300);
  expect(moved.length).toBeLessThan(500);
});

test('refuses a weight', () => {
  expect(() => jump({ nodes: [{ id: 'a', weight: 2 }] })).toThrow(/^weight of "a"/);
});
