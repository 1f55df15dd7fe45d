import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ketama } from '../../src/ketama/ketama.ts';

interface Server {
  readonly id: string;
  readonly weight: number;
}

function pointsOf(text: string): number[] {
  const digest = createHash('md5').update(text).digest();
  return [0, 4, 8, 12].map((at) => digest.readUInt32LE(at));
}

/** hash_ring as it is written down: a dictionary of points, sorted keys, and `bisect`. */
function hashRingOwner(servers: readonly Server[], key: string): string | undefined {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  const ring = new Map<number, string>();
  for (const { id, weight } of servers) {
    const factor = Math.floor((40 * servers.length * weight) / total);
    for (let index = 0; index < factor; index += 1) {
      for (const point of pointsOf(`${id}-${index}`).slice(0, 3)) ring.set(point, id);
    }
  }
  const sorted = [...ring.keys()].sort((left, right) => left - right);
  const hash = pointsOf(key)[0]!;
  return ring.get(sorted.find((point) => point > hash) ?? sorted[0]!);
}

/** spymemcached without weights: forty digests for each node. */
function spyOwner(servers: readonly Server[], key: string): string | undefined {
  const ring = new Map<number, string>();
  for (const { id } of servers) {
    for (let index = 0; index < 40; index += 1) {
      for (const point of pointsOf(`${id.replace(/^\//, '')}-${index}`)) ring.set(point, id);
    }
  }
  const sorted = [...ring.keys()].sort((left, right) => left - right);
  const hash = pointsOf(key)[0]!;
  return ring.get(sorted.find((point) => point >= hash) ?? sorted[0]!);
}

const host = fc.integer({ min: 1, max: 250 }).map((part) => `/10.0.0.${part}:11211`);
const servers = fc.uniqueArray(fc.record({ id: host, weight: fc.integer({ min: 1, max: 9 }) }), {
  minLength: 1,
  maxLength: 8,
  selector: ({ id }) => id,
});
const keys = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 20 });

describe('ketama agrees with a plain writing of', () => {
  test('hash_ring', () => {
    fc.assert(
      fc.property(servers, keys, (nodes, asked) => {
        const placement = ketama({ nodes, dialect: 'hash_ring' });
        for (const key of asked) expect(placement.locate(key).id).toBe(hashRingOwner(nodes, key));
      }),
      { numRuns: 20 },
    );
  });

  test('spymemcached', () => {
    fc.assert(
      fc.property(servers, keys, (nodes, asked) => {
        const ids = nodes.map(({ id }) => id);
        const placement = ketama({ nodes: ids, dialect: 'spymemcached' });
        for (const key of asked) expect(placement.locate(key).id).toBe(spyOwner(nodes, key));
      }),
      { numRuns: 20 },
    );
  });
});
