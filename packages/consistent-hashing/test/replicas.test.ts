import { describe, expect, test } from 'vitest';

import { TooFewZonesError } from '../src/errors.ts';
import { nodeSet } from '../src/node-set.ts';
import { pickReplicas, rankedByRehash } from '../src/replicas.ts';

const nodes = nodeSet([
  { id: 'a1', zone: 'a' },
  { id: 'a2', zone: 'a' },
  { id: 'a3', zone: 'a' },
  { id: 'b1', zone: 'b' },
  { id: 'b2', zone: 'b' },
  { id: 'c1', zone: 'c' },
]);
const ranking = ['a1', 'a2', 'b1', 'a3', 'b2', 'c1'].map((id) =>
  nodes.findIndex((node) => node.id === id),
);
const idsOf = (picked: readonly { readonly id: string }[]) => picked.map(({ id }) => id);

describe('pickReplicas', () => {
  test('takes the first of the ranking', () => {
    expect(idsOf(pickReplicas(nodes, ranking, 3))).toEqual(['a1', 'a2', 'b1']);
  });

  test('takes no more than there are', () => {
    expect(idsOf(pickReplicas(nodes, ranking, 99))).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'c1']);
  });

  test('asks the ranking for no more than it needs', () => {
    const asked: number[] = [];
    function* watched() {
      for (const index of ranking) {
        asked.push(index);
        yield index;
      }
    }
    pickReplicas(nodes, watched(), 2);
    expect(asked).toHaveLength(2);
    pickReplicas(nodes, watched(), 0);
    expect(asked).toHaveLength(2);
  });

  test.each([-1, 0.5, Number.NaN, Infinity])('refuses %d as a count', (count) => {
    expect(() => pickReplicas(nodes, ranking, count)).toThrow(/^count: expected an integer/);
  });

  test('passes over those who are excluded', () => {
    const exclude = (id: string) => id.startsWith('a');
    expect(idsOf(pickReplicas(nodes, ranking, 2, { exclude }))).toEqual(['b1', 'b2']);
  });

  test('spreads over zones round by round', () => {
    const spread = { zones: 'spread' } as const;
    const all = idsOf(pickReplicas(nodes, ranking, 6, spread));
    expect(all).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    for (let count = 0; count < 6; count += 1) {
      expect(idsOf(pickReplicas(nodes, ranking, count, spread))).toEqual(all.slice(0, count));
    }
  });

  test('spreads over the zones that are left', () => {
    const exclude = (id: string) => id === 'b1' || id === 'c1';
    const picked = pickReplicas(nodes, ranking, 3, { zones: 'spread', exclude });
    expect(idsOf(picked)).toEqual(['a1', 'b2', 'a2']);
  });

  test('gives each replica a zone, or says how many zones there are', () => {
    const required = { zones: 'require' } as const;
    expect(idsOf(pickReplicas(nodes, ranking, 3, required))).toEqual(['a1', 'b1', 'c1']);
    expect(() => pickReplicas(nodes, ranking, 4, required)).toThrow(TooFewZonesError);
    expect(() => pickReplicas(nodes, ranking, 4, required)).toThrow('at least 4, got 3');
  });

  test('takes nodes without a zone for one zone', () => {
    const plain = nodeSet(['a', 'b']);
    expect(() => pickReplicas(plain, [0, 1], 2, { zones: 'require' })).toThrow(TooFewZonesError);
  });
});

describe('rankedByRehash', () => {
  const many = nodeSet(Array.from({ length: 50 }, (_, index) => `n${index}`));
  const byRemainder = (high: number) => (high >>> 0) % many.length;

  test('begins with the owner and names every node once', () => {
    const ranked = [...rankedByRehash(many, byRemainder, -7, 9)];
    expect(ranked[0]).toBe(byRemainder(-7));
    expect([...ranked].sort((left, right) => left - right)).toEqual(many.map((_, index) => index));
  });

  test('ends where one node owns everything, and names those that it never meets', () => {
    const ranked = [...rankedByRehash(many, () => 3, 1, 2)];
    expect(ranked[0]).toBe(3);
    expect(new Set(ranked).size).toBe(50);
  });

  test('leaves out the drained', () => {
    const drained = nodeSet(['a', { id: 'b', weight: 0 }, 'c']);
    const ranked = [...rankedByRehash(drained, () => 0, 1, 2)];
    expect(ranked).toEqual([0, 2]);
  });

  test('is empty where nobody owns anything', () => {
    expect([...rankedByRehash([], () => -1, 1, 2)]).toEqual([]);
  });

  test('gives different hashes of one owner different successors', () => {
    const seconds = new Set<number | undefined>();
    for (let low = 0; low < 200; low += 1) {
      seconds.add([...rankedByRehash(many, byRemainder, 0, low)][1]);
    }
    expect(seconds.size).toBeGreaterThan(30);
  });
});
