import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { drawAtlas } from '../src/fault-atlas.ts';
import { damagedNodes } from '../src/index.ts';
import { oneOfEach } from './support/one-of-each.ts';

const nodeIds = ['a', 'b', 'c', 'd', 'e'];

test('whoever may be harmed most is among those who may be harmed less', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const limits = { damagedMax: 3, amnesiacMax: 1, twinsMax: 2 };
    const { damageable, forgetful, twinnable } = drawAtlas(seededRandom(seed), nodeIds, limits);
    expect([damageable.length, forgetful.length, twinnable.length]).toEqual([3, 1, 2]);
    expect(damageable).toEqual(expect.arrayContaining([...twinnable]));
    expect(twinnable).toEqual(expect.arrayContaining([...forgetful]));
  }
});

test('anybody may be chosen', () => {
  const limits = { damagedMax: 0, amnesiacMax: 1, twinsMax: 0 };
  const chosen = Array.from({ length: 50 }, (_, seed) =>
    drawAtlas(seededRandom(seed), nodeIds, limits),
  );
  expect(new Set(chosen.flatMap(({ forgetful }) => forgetful))).toEqual(new Set(nodeIds));
  expect(chosen.every(({ damageable }) => damageable.length === 0)).toBe(true);
});

test('damaged are those whose disk need not hold what was durable, and no others', () => {
  const harmful = oneOfEach.filter((fault) => damagedNodes([fault]).size > 0);
  expect([...new Set(harmful.map(({ kind }) => kind))].toSorted()).toEqual([
    'bitRot',
    'failReads',
    'lieSyncs',
    'misdirectReads',
    'misdirectWrites',
    'restoreDisk',
    'swapDisks',
    'twin',
    'wipeDisk',
  ]);
  expect(damagedNodes([{ kind: 'swapDisks', left: 'x', right: 'y' }])).toEqual(new Set(['x', 'y']));
  expect(damagedNodes([{ kind: 'failSyncs', node: 'x', count: 1 }])).toEqual(new Set());
});
