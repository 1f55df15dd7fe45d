import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { dialects, type KetamaDialect } from '../../src/ketama/dialects.ts';
import { ketama } from '../../src/ketama/ketama.ts';

const known = Object.keys(dialects) as KetamaDialect[];

function ownersOf(placement: ReturnType<typeof ketama>): string[] {
  return Array.from({ length: 500 }, (_, key) => placement.locate(`key-${key}`).id);
}

describe('dialects', () => {
  test('have codes that differ and do not change', () => {
    expect(known.map((dialect) => [dialect, dialects[dialect].code])).toEqual([
      ['libketama', 1],
      ['libmemcached', 2],
      ['spymemcached', 3],
      ['hash_ring', 4],
    ]);
  });

  test.each([
    // Counted by the C of libketama and libmemcached, for 1..1,000 equal nodes.
    ['libketama', 11, [61, 122, 237, 244, 474]],
    ['libmemcached', 103, [25, 47, 50, 55, 61]],
    ['spymemcached', 0, []],
    ['hash_ring', 0, []],
  ] as const)(
    '%s gives equal nodes forty digests but for %d counts of nodes',
    (name, count, few) => {
      const counts = Array.from({ length: 1_000 }, (_, index) => index + 1);
      const fewer = counts.filter((nodes) => dialects[name].digestCount(1, nodes, nodes) !== 40);
      expect(fewer).toHaveLength(count);
      expect(fewer.slice(0, 5)).toEqual(few);
      for (const nodes of fewer) expect(dialects[name].digestCount(1, nodes, nodes)).toBe(39);
    },
  );

  test('name nodes as their programs do', () => {
    expect(dialects.libketama.nameOf('10.0.0.1:11211')).toBe('10.0.0.1:11211');
    expect(dialects.libmemcached.nameOf('10.0.0.1:11211')).toBe('10.0.0.1');
    expect(dialects.libmemcached.nameOf('10.0.0.1:11212')).toBe('10.0.0.1:11212');
    expect(dialects.spymemcached.nameOf('/10.0.0.1:11211')).toBe('10.0.0.1:11211');
    expect(dialects.spymemcached.nameOf('cache/10.0.0.1:11211')).toBe('cache/10.0.0.1:11211');
    expect(dialects.hash_ring.nameOf('/10.0.0.1:11211')).toBe('/10.0.0.1:11211');
  });
});

describe('ketama', () => {
  test('has the value and the next point that node-hashring tells of', () => {
    const nodes = [
      { id: '127.0.0.1:11211', weight: 600 },
      { id: '127.0.0.1:11212', weight: 400 },
    ];
    const placement = ketama({ nodes, dialect: 'libketama' });
    placement.locate('test');
    const hash = placement.bits.high >>> 0;
    const layout = placement.layout();
    expect(hash).toBe(3_446_378_249);
    expect(layout.kind === 'ranges' && layout.ends.find((end) => end >= hash)).toBe(3_454_255_383);
  });

  test.each(known)('comes back from the snapshot of %s', (dialect) => {
    const nodes = ['a:11211', { id: '/b', weight: 2 }, { id: 'c', weight: 0 }];
    const before = ketama({ nodes, dialect, epoch: 9 });
    const after = restorePlacement(before.snapshot());
    expect([after.kind, after.epoch, after.nodes]).toEqual(['ketama', 9, before.nodes]);
    expect(ownersOf(after)).toEqual(ownersOf(before));
  });

  test('changes as if it had been made of the changed nodes', () => {
    const before = ketama({ nodes: ['a', 'b'], dialect: 'libketama' });
    const after = before.with({ add: [{ id: 'c', weight: 3 }], remove: ['a'], weights: { b: 2 } });
    const nodes = [
      { id: 'c', weight: 3 },
      { id: 'b', weight: 2 },
    ];
    expect(ownersOf(after)).toEqual(ownersOf(ketama({ nodes, dialect: 'libketama' })));
    expect(after.epoch).toBe(1);
  });

  test('does not count drained nodes', () => {
    const nodes = ['a', 'b', { id: 'c', weight: 0 }];
    const drained = ketama({ nodes, dialect: 'libketama' });
    expect(ownersOf(drained)).toEqual(
      ownersOf(ketama({ nodes: ['a', 'b'], dialect: 'libketama' })),
    );
  });

  test('refuses a dialect that there is not', () => {
    const dialect = 'toString' as KetamaDialect;
    expect(() => ketama({ nodes: ['a'], dialect })).toThrow(
      'dialect: expected one of libketama, libmemcached, spymemcached, hash_ring, got toString',
    );
  });

  test('ranks each node once, beginning with the owner', () => {
    const placement = ketama({ nodes: ['a', 'b', 'c'], dialect: 'hash_ring' });
    const ids = placement.locateN('key', 9).map(({ id }) => id);
    expect(ids[0]).toBe(placement.locate('key').id);
    expect([...ids].sort()).toEqual(['a', 'b', 'c']);
  });
});
