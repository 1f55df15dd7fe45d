import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { encodeSnapshot } from '../../src/codec/snapshot-format.ts';
import { nodeSet } from '../../src/node-set.ts';
import type { Placement } from '../../src/placement.ts';
import { skeletonRendezvous } from '../../src/rendezvous/skeleton.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

const hasher = keyHasher();
const KEYS = someKeys(10_000).map((key) => bitsOf(key));

function bitsOf(text: string): { readonly high: number; readonly low: number } {
  hasher.hash(text);
  return { high: hasher.high, low: hasher.low };
}

/** How many digits of five bits two ids have in common, from the first on. */
function commonDigits(left: string, right: string): number {
  const [one, other] = [left, right].map((id) => {
    const { high, low } = bitsOf(id);
    const digits = [high, low].map((half) => (half >>> 0).toString(2).padStart(32, '0'));
    return digits.map((text) => text.slice(0, 30)).join('');
  });
  let count = 0;
  while (count < 12 && one!.slice(0, 5 * count + 5) === other!.slice(0, 5 * count + 5)) count += 1;
  return count;
}

interface Moved {
  readonly from: string;
  readonly to: string;
}

function movedBetween(before: Placement, after: Placement): Moved[] {
  return KEYS.flatMap(({ high, low }) => {
    const [from = '', to = ''] = [before, after].map(
      (placement) => placement.nodes[placement.locateIndex(high, low)]?.id,
    );
    return from === to ? [] : [{ from, to }];
  });
}

/** That every key went to a node that has more in common with `id`, or to `id` itself. */
function expectTowards(id: string, moved: readonly Moved[]): void {
  const strays = moved.filter(
    ({ from, to }) => from === id || commonDigits(to, id) <= commonDigits(from, id),
  );
  expect(strays).toEqual([]);
}

function reversed(moved: readonly Moved[]): Moved[] {
  return moved.map(({ from, to }) => ({ from: to, to: from }));
}

describe('what moves', () => {
  const before = skeletonRendezvous({ nodes: someIds(300) });

  test('goes towards who comes, and nowhere else', () => {
    const moved = movedBetween(before, before.with({ add: ['one more'] }));
    expect(moved.length).toBeGreaterThan(30);
    expectTowards('one more', moved);
  });

  test('comes from the neighbourhood of who goes, and from nowhere else', () => {
    const moved = movedBetween(before, before.with({ remove: ['node-7'] }));
    expect(moved.length).toBeGreaterThan(30);
    expectTowards('node-7', reversed(moved));
  });

  test('goes towards who becomes heavier, and comes from there if it becomes lighter', () => {
    const heavier = before.with({ weights: { 'node-7': 5 } });
    const moved = movedBetween(before, heavier);
    expect(moved.length).toBeGreaterThan(100);
    expectTowards('node-7', moved);
    expectTowards('node-7', reversed(movedBetween(heavier, before)));
  });

  test.each([
    [100, 1.7],
    [1_000, 2.2],
  ])('is, of %i nodes, about %d times what has to move', (count, times) => {
    const nodes = someIds(count);
    const placement = skeletonRendezvous({ nodes });
    const rounds = Array.from({ length: 20 }, (_, round) => {
      return movedBetween(placement, placement.with({ add: [`one more, ${round}`] })).length;
    });
    const moved = rounds.reduce((sum, each) => sum + each, 0) / (rounds.length * KEYS.length);
    expect(Math.abs(moved * (count + 1) - times)).toBeLessThan(0.15);
    // Which is why the traits do not say that nothing moves between nodes that stay.
    expect(placement.traits.excess).toBe('bounded');
  });

  test('is nothing else where all nodes are children of the root', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const few = skeletonRendezvous({ nodes: ids.slice(0, 3) });
    expect(ids.flatMap((id) => ids.filter((to) => to < id && commonDigits(id, to) > 0))).toEqual(
      [],
    );
    for (const { to } of movedBetween(few, few.with({ add: ['d'] }))) expect(to).toBe('d');
  });
});

test('shares follow the weights, however many nodes are in a cluster', () => {
  const nodes = someIds(150).map((id, index) => ({ id, weight: [1, 2.5, 0.25, 7][index % 4]! }));
  const placement = skeletonRendezvous({ nodes });
  const counts = new Map<string, number>();
  const keys = someKeys(200_000);
  for (const key of keys) {
    const { id } = placement.locate(key);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  const chiSquare = nodes.reduce((sum, { id, weight }) => {
    const fair = (keys.length * weight) / total;
    return sum + ((counts.get(id) ?? 0) - fair) ** 2 / fair;
  }, 0);
  // With 149 degrees of freedom, 208 is passed once in a thousand.
  expect(chiSquare).toBeLessThan(208);
});

test('weights of a million to one hold too', () => {
  const placement = skeletonRendezvous({ nodes: [{ id: 'heavy', weight: 1e6 }, 'light'] });
  const light = someKeys(10_000).filter((key) => placement.locate(key).id === 'light');
  expect(light.length).toBeLessThan(3);
});

test('a replica may be anybody, not only a neighbour of the owner', () => {
  const placement = skeletonRendezvous({ nodes: someIds(100) });
  const mine = someKeys(10_000).filter((key) => placement.locate(key).id === 'node-3');
  const seconds = new Set(mine.map((key) => placement.locateN(key, 2)[1]?.id));
  expect(seconds.size).toBeGreaterThan(40);
});

test('gives these owners, here and everywhere', () => {
  const nodes = someIds(2_000).map((id, index) => ({ id, weight: 1 + (index % 5) }));
  const placement = skeletonRendezvous({ nodes });
  const owners = ['', 'user:7', 'ä', 7, new Uint8Array(3)].map((key) => placement.locate(key).id);
  expect(owners).toEqual(['node-1509', 'node-1492', 'node-1609', 'node-59', 'node-68']);
});

test('is not restored from parameters or a history, which it has none of', () => {
  const fields = {
    kind: 'skeleton-rendezvous',
    epoch: 0,
    hashCode: keyHasher().code,
    seed: keyHasher().seed,
    nodes: nodeSet(['a']),
    numbers: [],
    words: new Uint32Array(),
  } as const;
  expect(restorePlacement(encodeSnapshot(fields)).kind).toBe('skeleton-rendezvous');
  for (const more of [{ numbers: [32] }, { words: new Uint32Array(1) }]) {
    const bytes = encodeSnapshot({ ...fields, ...more });
    expect(() => restorePlacement(bytes)).toThrow(DecodeError);
  }
});

test('a snapshot says which it is with byte 8', () => {
  expect(skeletonRendezvous({ nodes: ['a'] }).snapshot()[4]).toBe(8);
});
