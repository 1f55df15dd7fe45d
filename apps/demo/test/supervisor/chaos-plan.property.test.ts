import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type ChaosFault,
  chaosKinds,
  ChaosPlan,
  type Episode,
  faultText,
} from '../../src/supervisor/chaos-plan.ts';

const nodeIds = ['n1', 'n2', 'n3', 'n4', 'n5'];

function episodes(seed: number, count: number): readonly Episode[] {
  const plan = new ChaosPlan(() => nodeIds, seededRandom(seed));
  return Array.from({ length: count }, () => plan.next());
}

/** The nodes that a fault names, each once. */
function nodesOf(fault: ChaosFault): readonly string[] {
  if (fault.kind === 'join') return [];
  if (fault.kind === 'leave') return [fault.member];
  if ('node' in fault) return [fault.node];
  if ('machine' in fault) return [fault.machine];
  if ('groups' in fault) return fault.groups.flat();
  return [...new Set(fault.links.flatMap(({ from, to }) => [from, to]))];
}

test('a seed draws the same faults again', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(episodes(seed, 20)).toEqual(episodes(seed, 20));
    }),
  );
});

test('one or two faults at a time, of different kinds, one node down at most', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      for (const { faults, lastsMs, calmMs } of episodes(seed, 20)) {
        const kinds = faults.map(({ kind }) => kind);
        expect([1, 2]).toContain(new Set(kinds).size);
        expect(new Set(kinds).size).toBe(kinds.length);
        expect(faults.filter((fault) => 'node' in fault).length).toBeLessThan(2);
        expect(kinds.filter((kind) => kind === 'join' || kind === 'leave').length).toBeLessThan(2);
        // A machine that is lost while boards move may be one too many.
        if (kinds.includes('lose')) expect(kinds).not.toContain('join');
        if (kinds.includes('lose')) expect(kinds).not.toContain('leave');
        expect(lastsMs).toBeGreaterThanOrEqual(2_000);
        expect(calmMs).toBeGreaterThanOrEqual(1_000);
      }
    }),
  );
});

test('faults name nodes that there are, and every kind comes soon', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const faults = episodes(seed, 28).flatMap((episode) => episode.faults);
      for (const fault of faults) {
        expect(nodeIds).toEqual(expect.arrayContaining([...nodesOf(fault)]));
        expect(faultText(fault)).toMatch(new RegExp(`^${fault.kind}( n\\d|$)`));
        if ('groups' in fault) {
          expect(fault.groups.flat().toSorted()).toEqual(nodeIds);
          for (const group of fault.groups) expect(group.length).toBeGreaterThan(0);
        }
        if ('links' in fault) expect(fault.links.length).toBeGreaterThan(0);
        if (fault.kind === 'lose') {
          // Nothing gets from it or to it, so that it has only itself.
          expect(new Set(fault.links.map(({ kind }) => kind))).toEqual(new Set(['cut']));
          expect(fault.links.length).toBe(2 * (nodeIds.length - 1));
        }
      }
      expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(chaosKinds));
    }),
  );
});

test('one node alone cannot be cut off from anyone', () => {
  expect(() => new ChaosPlan(() => ['n1'], seededRandom(1))).toThrow(
    'nodeIds: expected at least 2',
  );
});

test('nodes come and go, never fewer than three and never many more than at first', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 3, max: 6 }), (seed, count) => {
      let ids = Array.from({ length: count }, (_, index) => `n${index + 1}`);
      let sequence = count;
      const plan = new ChaosPlan(() => ids, seededRandom(seed));
      const sizes = new Set<number>();
      for (let round = 0; round < 60; round += 1) {
        for (const fault of plan.next().faults) {
          if (fault.kind === 'join') ids = [...ids, `n${(sequence += 1)}`];
          if (fault.kind === 'leave') ids = ids.filter((id) => id !== fault.member);
        }
        sizes.add(ids.length);
      }
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(3);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(count + 1);
      expect(sizes.size).toBeGreaterThan(1);
    }),
  );
});
