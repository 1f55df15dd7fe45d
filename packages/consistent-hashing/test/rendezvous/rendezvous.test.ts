import { describe, expect, test } from 'vitest';

import { rendezvous, weightedRendezvous } from '../../src/rendezvous/rendezvous.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

describe.each([
  ['rendezvous', rendezvous({ nodes: someIds(7) })],
  ['weighted rendezvous', weightedRendezvous({ nodes: someIds(7) })],
])('%s', (_, before) => {
  test('who goes leaves each key to the next of its ranking', () => {
    const after = before.with({ remove: ['node-2'] });
    for (const key of someKeys(1_000)) {
      const ids = before.locateN(key, 7).map(({ id }) => id);
      const rest = ids.filter((id) => id !== 'node-2');
      expect(after.locateN(key, 7).map(({ id }) => id)).toEqual(rest);
    }
  });
});

test('a new weight moves keys to that node or from it, and no others', () => {
  const before = weightedRendezvous({ nodes: ['a', 'b', 'c', 'd'] });
  const heavier = before.with({ weights: { b: 3 } });
  for (const key of someKeys(2_000)) {
    if (heavier.locate(key).id !== 'b') {
      expect(heavier.locate(key).id).toBe(before.locate(key).id);
    }
  }
});

test('refuses a weight where none is looked at', () => {
  expect(() => rendezvous({ nodes: [{ id: 'a', weight: 2 }] })).toThrow(/^weight of "a"/);
});
