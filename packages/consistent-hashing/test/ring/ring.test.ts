import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { ring } from '../../src/ring/ring.ts';

const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}`);
const ids = Array.from({ length: 20 }, (_, index) => `node-${index}`);

function shares(placement: ReturnType<typeof ring>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const { id } = placement.locate(key);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe('ring', () => {
  test('gives every key an owner, and the same one whenever it is asked', () => {
    const first = ring({ nodes: ids });
    const second = ring({ nodes: ids });
    for (const key of keys) expect(second.locate(key).id).toBe(first.locate(key).id);
    expect(shares(first).size).toBe(20);
  });

  test('gives shares that follow weights, in the steps of its points', () => {
    const nodes = [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 3 },
      { id: 'c', weight: 0 },
    ];
    const counts = shares(ring({ nodes, pointsPerWeight: 1_000 }));
    expect(counts.get('b')! / keys.length).toBeCloseTo(0.75, 1);
    expect(counts.has('c')).toBe(false);
  });

  test('moves keys to a node that comes, and no others', () => {
    const before = ring({ nodes: ids });
    const after = before.with({ add: ['new'] });
    const moved = keys.filter((key) => after.locate(key).id !== before.locate(key).id);
    expect(moved.every((key) => after.locate(key).id === 'new')).toBe(true);
    expect(moved.length / keys.length).toBeGreaterThan(0.02);
    expect(moved.length / keys.length).toBeLessThan(0.1);
  });

  test('moves keys of a node that goes, and no others', () => {
    const before = ring({ nodes: ids });
    const after = before.with({ remove: ['node-7'] });
    for (const key of keys) {
      const { id } = before.locate(key);
      if (id !== 'node-7') expect(after.locate(key).id).toBe(id);
    }
  });

  test('moves keys to a node that gets heavier, and no others', () => {
    const before = ring({ nodes: ids });
    const after = before.with({ weights: { 'node-3': 2.5 } });
    for (const key of keys) {
      const { id } = after.locate(key);
      if (id !== 'node-3') expect(before.locate(key).id).toBe(id);
    }
  });

  test('counts epochs and leaves the placement before as it was', () => {
    const before = ring({ nodes: ids, epoch: 5 });
    const after = before.with({ remove: ['node-0'] });
    expect([before.epoch, after.epoch]).toEqual([5, 6]);
    expect(before.nodes).toHaveLength(20);
  });

  test('gives the fallbacks of a key as the owners that it gets when nodes go', () => {
    const placement = ring({ nodes: ids });
    for (const key of keys.slice(0, 100)) {
      const [first, second] = placement.locateN(key, 2);
      const without = placement.with({ remove: [first!.id] });
      expect(without.locate(key).id).toBe(second!.id);
    }
  });

  test('answers by hash as it answers by key', () => {
    const placement = ring({ nodes: ids });
    for (const key of ['', 'a', 7, 2n ** 60n, new Uint8Array([1]), { high: 1, low: 2 }]) {
      placement.bits.hash(key);
      const { high, low } = placement.bits;
      const index = placement.locateIndex(high, low);
      expect(placement.nodes[index]).toBe(placement.locate(key));
      expect([...placement.ranked(high, low)][0]).toBe(index);
    }
  });

  test('lays out the circle as it answers', () => {
    const placement = ring({ nodes: ids, pointsPerWeight: 3 });
    const layout = placement.layout();
    if (layout.kind !== 'ranges') throw new Error(layout.kind);
    expect(layout.space).toBe('murmur3-x86-128:00000000/high');
    layout.ends.forEach((end, index) => {
      expect(placement.locateIndex(end | 0, 0)).toBe(layout.owners[index]);
    });
  });

  test('depends on the seed and on the function', () => {
    const owners = (placement: ReturnType<typeof ring>) =>
      keys.slice(0, 200).map((key) => placement.locate(key).id);
    const plain = owners(ring({ nodes: ids }));
    expect(owners(ring({ nodes: ids, seed: 1 }))).not.toEqual(plain);
    expect(owners(ring({ nodes: ids, hash: 'xxh64' }))).not.toEqual(plain);
    expect(owners(ring({ nodes: ids, seed: 0 }))).toEqual(plain);
  });

  test.each([0, -1, Number.NaN, Infinity, 4_194_305])('refuses %d points', (pointsPerWeight) => {
    expect(() => ring({ nodes: ids, pointsPerWeight })).toThrow(/^pointsPerWeight: expected/);
  });

  test('refuses more points than it may have, and says how to have fewer', () => {
    const nodes = [{ id: 'a', weight: 30_000 }];
    expect(() => ring({ nodes })).toThrow('got 4800000: lower weights or pointsPerWeight');
    expect(ring({ nodes, pointsPerWeight: 0.01 }).locate('key').id).toBe('a');
  });

  test('comes back from its snapshot', () => {
    const nodes = [{ id: 'a', zone: 'z' }, { id: 'b', weight: 2.5 }, 'c'];
    const before = ring({ nodes, pointsPerWeight: 33, hash: 'xxh64', seed: 7n, epoch: 3 });
    const after = restorePlacement(before.snapshot());
    expect(after.kind).toBe('ring');
    expect(after.epoch).toBe(3);
    expect(after.nodes).toEqual(before.nodes);
    expect(after.layout()).toEqual(before.layout());
    expect(after.snapshot()).toEqual(before.snapshot());
  });
});
