import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { ketama } from '../../src/ketama/ketama.ts';
import { hasSharedData, sharedLines, sharedText } from '../support/shared-data.ts';

/** The servers of a file of ketama: an address and a weight on each line, or a comment. */
function serversOf(text: string): { id: string; weight: number }[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', weight = ''] = line.split(/\s+/);
    return id === '' || id.startsWith('#') ? [] : [{ id, weight: Number(weight) }];
  });
}

/** The point that owns the place `at`. */
function pointAt(ends: Uint32Array, at: number): number {
  return ends.find((end) => end >= at) ?? ends[0]!;
}

function placesOf(placement: ReturnType<typeof ketama>): Uint32Array {
  const layout = placement.layout();
  if (layout.kind !== 'ranges') throw new Error(layout.kind);
  return layout.ends;
}

describe.skipIf(!hasSharedData)('libketama', () => {
  test('answers a million keys as the program does, hashes and points included', () => {
    const nodes = serversOf(sharedText('RJ-ketama.ketama.servers'));
    const placement = ketama({ nodes, dialect: 'libketama' });
    const ends = placesOf(placement);
    // The nearest point of a place, found by halves: a million times.
    const find = (at: number): number => {
      let low = 0;
      let high = ends.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! < at) low = middle + 1;
        else high = middle;
      }
      return ends[low === ends.length ? 0 : low]!;
    };
    // The program prints its error first, which is empty.
    const output = createHash('md5').update('\n');
    for (let key = 0; key < 1_000_000; key += 1) {
      const { id } = placement.locate(String(key));
      const at = placement.bits.high >>> 0;
      output.update(`${at} ${find(at)} ${id}\n`);
    }
    expect(output.digest('hex')).toBe('5672b131391f5aa2b280936aec1eea74');
  });

  test('answers 100,000 keys over weights of 1 to 5 as node-hashring does', () => {
    const nodes = [1, 2, 3, 4, 5].map((weight) => ({ id: `0.0.0.${weight}`, weight }));
    const placement = ketama({ nodes, dialect: 'libketama' });
    const lines = sharedLines('node-hashring.ketama.txt.gz');
    expect(lines).toHaveLength(100_000);
    const wrong = lines.filter((line) => {
      const [key = '', id] = line.split(' ');
      return placement.locate(key).id !== id;
    });
    expect(wrong).toEqual([]);
  });
});

interface Facts {
  readonly 'dgryski/go-ketama (MIT)': {
    readonly counts: Readonly<Record<string, number>>;
    readonly segfault_case: {
      readonly servers: readonly string[];
      readonly hexkeys: Readonly<Record<string, string>>;
    };
  };
  readonly libmemcached: { readonly servers: string };
}

function facts(): Facts {
  const parsed: unknown = JSON.parse(sharedText('ketama-facts.json'));
  return parsed as Facts;
}

describe.skipIf(!hasSharedData)('go-ketama', () => {
  test('counts 100,000 keys over ten servers alike', () => {
    const { counts } = facts()['dgryski/go-ketama (MIT)'];
    const placement = ketama({ nodes: Object.keys(counts), dialect: 'libketama' });
    const got: Record<string, number> = {};
    for (let key = 0; key < 100_000; key += 1) {
      const { id } = placement.locate(`foo${key}`);
      got[id] = (got[id] ?? 0) + 1;
    }
    expect(got).toEqual(counts);
  });

  test('owns the keys behind its last point', () => {
    const { servers, hexkeys } = facts()['dgryski/go-ketama (MIT)'].segfault_case;
    const nodes = servers.map((server) => {
      const [id = '', weight] = server.split(':');
      return { id, weight: Number(weight) };
    });
    const placement = ketama({ nodes, dialect: 'libketama' });
    const got = Object.keys(hexkeys).map((key) => placement.locate(key).id);
    expect(got).toEqual(Object.values(hexkeys));
  });
});

describe.skipIf(!hasSharedData)('libmemcached', () => {
  const nodes = hasSharedData
    ? facts()
        .libmemcached.servers.split(',')
        .map((server) => {
          const [id = '', weight] = server.split(' ');
          return { id, weight: Number(weight) };
        })
    : [];
  const placement = ketama({ nodes, dialect: 'libmemcached' });

  test('answers its 99 keys: hash, point and server', () => {
    const rows: unknown = JSON.parse(sharedText('node-hashring.libmemcached.json'));
    const cases = rows as readonly (readonly [string, number, number, string])[];
    expect(cases).toHaveLength(99);
    for (const [key, hash, point, host] of cases) {
      expect(placement.locate(key).id).toBe(`${host}:11211`);
      expect(placement.bits.high >>> 0).toBe(hash);
      expect(pointAt(placesOf(placement), hash)).toBe(point);
    }
  });

  test('wraps the key behind its last point to its first', () => {
    const ends = placesOf(placement);
    const { id } = placement.locate('VDEAAAAA');
    const at = placement.bits.high >>> 0;
    expect(at).toBe(0xfffcd1b5);
    expect(ends.at(-1)).toBeLessThan(at);
    expect(placement.nodes[placement.locateIndex(ends[0]! | 0, 0)]?.id).toBe(id);
  });
});
