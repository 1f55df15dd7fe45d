import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { goMultiProbe, multiProbe } from '../../src/multi-probe/multi-probe.ts';
import { hasSharedData, sharedLines } from '../support/shared-data.ts';

const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}`);
const ids = Array.from({ length: 50 }, (_, index) => `node-${index}`);

describe.skipIf(!hasSharedData)('goMultiProbe', () => {
  test('answers 6,000 keys over 6,000 nodes as go-mpchash does', () => {
    const expected = sharedLines('go-mpchash.compat.out');
    const nodes = expected.map((_, index) => `shard-${index + 1}`);
    const placement = goMultiProbe({ nodes });
    expect(expected).toHaveLength(6_000);
    const wrong = nodes.filter((key, index) => placement.locate(key).id !== expected[index]);
    expect(wrong).toEqual([]);
  });
});

describe.each([
  ['multiProbe', multiProbe],
  ['goMultiProbe', goMultiProbe],
] as const)('%s', (_name, make) => {
  test('gives every node a share, and none much more than the mean', () => {
    const placement = make({ nodes: ids });
    const counts = new Map<string, number>();
    for (const key of keys) {
      const { id } = placement.locate(key);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const mean = keys.length / ids.length;
    // 400 keys each: their chance alone is a deviation of 5 of 100.
    expect(counts.size).toBe(50);
    expect(Math.max(...counts.values()) / mean).toBeLessThan(1.3);
  });

  test('moves keys to a node that comes, and no others', () => {
    const before = make({ nodes: ids });
    const after = before.with({ add: ['new'] });
    const moved = keys.filter((key) => after.locate(key).id !== before.locate(key).id);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every((key) => after.locate(key).id === 'new')).toBe(true);
  });

  test('answers by hash as it answers by key', () => {
    const placement = make({ nodes: ids });
    for (const key of keys.slice(0, 200)) {
      placement.bits.hash(key);
      const { high, low } = placement.bits;
      const index = placement.locateIndex(high, low);
      expect(placement.nodes[index]).toBe(placement.locate(key));
      expect([...placement.ranked(high, low)][0]).toBe(index);
      expect(placement.locateN(key, 1)).toEqual([placement.locate(key)]);
    }
  });

  test('ranks every node once', () => {
    const ranked = make({ nodes: ids }).locateN('key', 99);
    expect(new Set(ranked.map(({ id }) => id)).size).toBe(50);
  });

  test('comes back from its snapshot', () => {
    const before = make({ nodes: [...ids, { id: 'drained', weight: 0 }], epoch: 4 });
    const after = restorePlacement(before.snapshot());
    expect([after.kind, after.epoch, after.nodes]).toEqual(['multi-probe', 4, before.nodes]);
    for (const key of keys.slice(0, 500)) {
      expect(after.locate(key).id).toBe(before.locate(key).id);
    }
    expect(after.snapshot()).toEqual(before.snapshot());
  });

  test('has no owner without nodes, and one owner with one', () => {
    expect(make({ nodes: [] }).tryLocate('key')).toBeUndefined();
    expect(make({ nodes: ['a'] }).locate('key').id).toBe('a');
  });

  test('refuses weights', () => {
    expect(() => make({ nodes: [{ id: 'a', weight: 2 }] })).toThrow('expected 0 or 1');
  });
});

describe('multiProbe', () => {
  test('gives shares that are the more even the more probes there are', () => {
    const spread = (probes: number): number => {
      const placement = multiProbe({ nodes: ids, probes });
      const counts = new Map<string, number>();
      for (const key of keys) {
        const { id } = placement.locate(key);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return Math.max(...counts.values());
    };
    expect(spread(2)).toBeLessThan(spread(1));
    expect(spread(21)).toBeLessThan(spread(2));
  });

  test.each([0, -1, 1.5, 1_001, Number.NaN])('refuses %d probes', (probes) => {
    expect(() => multiProbe({ nodes: ids, probes })).toThrow(/^probes: expected an integer/);
  });
});
