/*
 * What goes wrong elsewhere: the share of a node is computed in floats of 64 bits, where the
 * clients that agreed on the ring have 32. Then 7 and 49 equal nodes get 39 digests each instead of
 * 40, and some keys are looked for where nobody wrote them.
 */
import { describe, expect, test } from 'vitest';

import { ketama } from '../../src/ketama/ketama.ts';
import { someIds } from '../support/all-placements.ts';

describe.each([
  ['libketama', 160],
  ['libmemcached', 160],
  ['spymemcached', 160],
  ['hash_ring', 120],
] as const)('%s', (dialect, points) => {
  test.each([7, 49])(`gives each of %d equal nodes ${points} points`, (count) => {
    const layout = ketama({ nodes: someIds(count), dialect }).layout();
    const owners = layout.kind === 'ranges' ? [...layout.owners] : [];
    const counts = someIds(count).map((_, index) => owners.filter((x) => x === index).length);
    expect(counts).toEqual(counts.map(() => points));
  });
});
