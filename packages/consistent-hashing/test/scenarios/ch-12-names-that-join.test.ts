/*
 * What goes wrong elsewhere: the label of a virtual node is the id, a dash and a number. Then "a"
 * with "1-0" is "a-1" with "0", two nodes have the same points, and one of them owns less than it
 * should, or nothing. Ids with separators, line breaks or NUL do the same to formats that join by
 * them.
 */
import { expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { ring } from '../../src/ring/ring.ts';
import { allPlacements } from '../support/all-placements.ts';

const ids = [
  'a',
  'a-1',
  'a-1-0',
  'a-10',
  'a-11',
  'a\0',
  'a\0\0\0\0',
  'a\u0001\0\0\0',
  'a\n',
  'a:1',
  'host:11211',
  'x'.repeat(10_240),
];

test('no two labels of virtual nodes are the same bytes: every point is there', () => {
  const layout = ring({ nodes: ids, pointsPerWeight: 300 }).layout();
  expect(layout.kind === 'ranges' && layout.ends.length).toBe(ids.length * 300);
});

test.each(allPlacements)('%s takes such ids, and brings them back from a snapshot', (_, make) => {
  const placement = make(ids);
  const restored = restorePlacement(placement.snapshot());
  expect(restored.nodes).toEqual(placement.nodes);
  expect(new Set(placement.locateN('key', 99))).toHaveLength(ids.length);
});
