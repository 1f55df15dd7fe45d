/*
 * What goes wrong elsewhere: the logarithm of 0 makes a score infinite or no number; the key is
 * left out of the score, so that one node has all keys; engines differ in the last bit of
 * `Math.log`.
 */
import { afterEach, expect, test, vi } from 'vitest';

import { exponential } from '../../src/rendezvous/logarithm.ts';
import { weightedRendezvous } from '../../src/rendezvous/rendezvous.ts';
import { someKeys } from '../support/all-placements.ts';

const nodes = [1, 2, 3, 4.5, 0.5].map((weight, index) => ({ id: `node-${index}`, weight }));

afterEach(() => vi.restoreAllMocks());

test('no draw is infinite', () => {
  for (const bits of [0, 1, -1, 2 ** 31]) {
    for (const more of [0, -1]) expect(Number.isFinite(exponential(bits, more))).toBe(true);
  }
});

test('shares are within three deviations of the weights', () => {
  const placement = weightedRendezvous({ nodes });
  const counts = new Map<string, number>();
  for (const key of someKeys(40_000)) {
    const { id } = placement.locate(key);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const { id, weight } of nodes) {
    const chance = weight / 11;
    const deviation = Math.sqrt(40_000 * chance * (1 - chance));
    expect(Math.abs((counts.get(id) ?? 0) - 40_000 * chance)).toBeLessThan(3 * deviation);
  }
});

test('an engine with other logarithms gives the same owners', async () => {
  const owners = someKeys(2_000).map((key) => weightedRendezvous({ nodes }).locate(key).id);
  for (const name of ['log', 'log2', 'log10', 'log1p', 'exp', 'expm1', 'pow', 'sqrt'] as const) {
    vi.spyOn(Math, name).mockImplementation(() => 0.5);
  }
  // Tables are made when a module is loaded: it has to be loaded on that engine, too.
  vi.resetModules();
  const there = await import('../../src/rendezvous/rendezvous.ts');
  expect(there.weightedRendezvous).not.toBe(weightedRendezvous);
  const others = someKeys(2_000).map((key) => there.weightedRendezvous({ nodes }).locate(key).id);
  expect(others).toEqual(owners);
});
