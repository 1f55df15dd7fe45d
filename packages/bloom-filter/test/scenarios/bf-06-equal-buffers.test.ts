/*
 * What goes wrong elsewhere: repetitions are removed by a `Set`, in which two buffers of the same
 * bytes are two, and the building fails.
 */
import { expect, test } from 'vitest';

import { buildFuse } from '../../src/fuse/build-fuse.ts';

test('two buffers of the same bytes are one key', () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => Uint8Array.of(index % 10, 1, 2, 3));
  const outcome = buildFuse({ keys });
  if (outcome.kind !== 'built') throw new Error('unsolvable');

  expect(outcome.filter.stats().itemCount).toBe(10);
  expect(keys.every((key) => outcome.filter.has(key))).toBe(true);
});
