/*
 * What goes wrong elsewhere: a table whose length is no prime, so that a stride never meets some
 * entries and filling it never ends; a stride of 0; a node that weighs little and has no entry.
 */
import { expect, test } from 'vitest';

import { maglev } from '../../src/maglev/maglev.ts';
import { someIds } from '../support/all-placements.ts';

test.each([0, 1, 4, 65_536, 1_009.5, Number.NaN, 4_194_319])(
  'refuses a table of %d entries',
  (tableSize) => {
    expect(() => maglev({ nodes: ['a'], tableSize })).toThrow(/^tableSize: expected a prime/);
  },
);

test('refuses more nodes than entries', () => {
  expect(() => maglev({ nodes: someIds(8), tableSize: 7 })).toThrow(
    /^tableSize: expected at least/,
  );
  expect(maglev({ nodes: someIds(7), tableSize: 7 }).nodes.length).toBe(7);
});

test('fills the smallest tables, whatever the strides are', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const layout = maglev({ nodes: someIds(2), tableSize: 2, seed }).layout();
    expect(layout.kind === 'slots' && [...layout.owners].sort()).toEqual([0, 1]);
  }
});

test('whoever weighs anything has an entry', () => {
  const light = someIds(50).map((id) => ({ id, weight: 0.001 }));
  const layout = maglev({ nodes: [...light, 'z'], tableSize: 101 }).layout();
  expect(layout.kind === 'slots' && new Set(layout.owners).size).toBe(51);
});
