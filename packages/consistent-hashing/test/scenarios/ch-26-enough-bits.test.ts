/*
 * What goes wrong elsewhere: more points are cut out of a digest than it has words. What lies
 * behind its end reads as 0, so a part of all points stands at 0, and one node owns what leads
 * there.
 */
import { expect, test } from 'vitest';

import type { HashId } from '@quorate/hash';

import { dialects } from '../../src/ketama/dialects.ts';
import { ketama } from '../../src/ketama/ketama.ts';
import { ring } from '../../src/ring/ring.ts';
import { someIds } from '../support/all-placements.ts';

const DIGEST_WORDS = 4;

test.each(['libketama', 'libmemcached', 'spymemcached', 'hash_ring'] as const)(
  '%s takes no more words of a digest than there are, and every point is a place of its own',
  (dialect) => {
    const { pointsPerDigest } = dialects[dialect];
    expect(pointsPerDigest).toBeLessThanOrEqual(DIGEST_WORDS);
    const layout = ketama({ nodes: someIds(20), dialect }).layout();
    const ends = layout.kind === 'ranges' ? layout.ends : new Uint32Array();
    expect(ends).toHaveLength(20 * 40 * pointsPerDigest);
    expect(ends[0]).toBeGreaterThan(0);
  },
);

test('a ring of an odd number of points has exactly so many', () => {
  const layout = ring({ nodes: someIds(20), pointsPerWeight: 7 }).layout();
  const ends = layout.kind === 'ranges' ? layout.ends : new Uint32Array();
  expect(ends).toHaveLength(140);
  expect(ends[0]).toBeGreaterThan(0);
});

test('a function that has no 64 bits to give is none that keys are hashed by', () => {
  const hash = 'crc16' as HashId;
  expect(() => ring({ nodes: someIds(3), hash })).toThrow(/^id: expected one of/);
});
