import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { encodeSnapshot } from '../../src/codec/snapshot-format.ts';
import { CILIUM_SEED, ciliumTable, ciliumTableSeed } from '../../src/maglev/cilium.ts';
import { maglev, type MaglevOptions } from '../../src/maglev/maglev.ts';
import { nodeSet } from '../../src/node-set.ts';
import { hasSharedData, sharedText } from '../support/shared-data.ts';

/** Of addresses 0.0.0.1, 3, 4 and 5, each with the port of that number, as Cilium writes them. */
const nodes = [
  { id: '[0.0.0.1:1/TCP,State:active]', weight: 2 },
  { id: '[0.0.0.3:3/TCP,State:active]', weight: 13 },
  { id: '[0.0.0.4:4/TCP,State:active]', weight: 111 },
  { id: '[0.0.0.5:5/TCP,State:active]', weight: 10 },
];
/** The first and the last entries of 251 of these, copied from the tests of Cilium (Apache-2.0). */
const FIRST = '2(5),3(1),2(3),1(1),2(2),0(1),2(1),3(1),2(1),3(1),2(1),1(1),2(7),1(1),2(14),3(1)';
const LAST = '2(12),0(1),3(1),2(3),3(1),2(4),3(1),2(2),1(1),2(7)';

/** Runs of equal entries, as Cilium's tests show them: `owner(count)`. */
function runs(table: ArrayLike<number>): string {
  const found: { owner: number; count: number }[] = [];
  for (const owner of Array.from(table)) {
    const last = found.at(-1);
    if (last?.owner === owner) last.count += 1;
    else found.push({ owner, count: 1 });
  }
  return found.map(({ owner, count }) => `${owner}(${count})`).join(',');
}

function tableOf(options: Omit<MaglevOptions, 'dialect'>): Int32Array {
  const layout = maglev({ ...options, dialect: 'cilium' }).layout();
  return layout.kind === 'slots' ? layout.owners : new Int32Array();
}

function countsOf(table: Int32Array, size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const owner of table) counts[owner]! += 1;
  return counts;
}

describe('the table of Cilium', () => {
  test('begins and ends as in its tests', () => {
    const shown = runs(tableOf({ nodes, tableSize: 251 }));
    expect(shown.startsWith(`${FIRST},`)).toBe(true);
    expect(shown.endsWith(`,${LAST}`)).toBe(true);
  });

  test('meets its weights', () => {
    const ids = ['one', 'three', 'two', 'tzwe'];
    const named = ids.map((id, index) => ({ id, weight: nodes[index]!.weight }));
    expect(countsOf(tableOf({ nodes: named, tableSize: 1_021 }), 4)).toEqual([16, 98, 832, 75]);
  });

  test.skipIf(!hasSharedData)('is that of the data, to the entry', () => {
    const data: unknown = JSON.parse(sharedText('maglev-vectors.json'));
    const key = 'cilium pkg/maglev/maglev_test.go (Apache-2.0) M=251';
    const shown = runs(tableOf({ nodes, tableSize: 251 }));
    expect(data).toHaveProperty([key, 'rle_id(count)'], shown);
    expect(data).toHaveProperty(
      [key, 'weights'],
      nodes.map(({ weight }) => weight),
    );
  });

  test('has the length and the seed that Cilium has, without options', () => {
    const explicit = { nodes, tableSize: 16_381, ciliumSeed: 'JLfvgnHc2kaSUFaI' };
    expect(tableOf({ nodes })).toEqual(tableOf(explicit));
    expect(tableOf({ ...explicit, ciliumSeed: 'JLfvgnHc2kaSUFaJ' })).toEqual(tableOf({ nodes }));
    expect(tableOf({ ...explicit, ciliumSeed: 'KLfvgnHc2kaSUFaI' })).not.toEqual(
      tableOf({ nodes }),
    );
  });

  test('does not look at weights whose mean is below 2', () => {
    const light = [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 2 },
    ];
    expect(countsOf(tableOf({ nodes: light, tableSize: 251 }), 2)).toEqual([126, 125]);
    const heavier = light.map(({ id, weight }) => ({ id, weight: 2 * weight }));
    expect(countsOf(tableOf({ nodes: heavier, tableSize: 251 }), 2)).toEqual([84, 167]);
  });

  test('rounds down what is paid, and goes on as soon as it is reached', () => {
    const light = [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 4 },
    ];
    // Entry 4 is offered to a first, at 5 times its weight, 1; it has paid 1/2 and 5.
    expect(countsOf(tableOf({ nodes: light, tableSize: 5 }), 2)).toEqual([2, 3]);
  });

  test('has everybody in it, whatever weighs nothing beside others', () => {
    const many = Array.from({ length: 251 }, (_, index) => ({
      id: `node-${index}`,
      weight: index === 7 ? 65_535 : 1,
    }));
    expect(new Set(tableOf({ nodes: many, tableSize: 251 })).size).toBe(251);
  });

  test('is empty where nobody owns anything', () => {
    expect([...ciliumTable(3, [], 0)]).toEqual([-1, -1, -1]);
    expect([...tableOf({ nodes: [{ id: 'a', weight: 0 }], tableSize: 3 })]).toEqual([-1, -1, -1]);
  });

  test('comes back from a snapshot, and after a change of nodes', () => {
    const options = { nodes, tableSize: 251, ciliumSeed: 'AAAAAAAAAAAAAAAA' } as const;
    const placement = maglev({ ...options, dialect: 'cilium' });
    const copy = restorePlacement(placement.snapshot());
    expect(copy.layout()).toEqual(placement.layout());
    const change = { remove: ['[0.0.0.4:4/TCP,State:active]'] };
    const direct = tableOf({ ...options, nodes: nodes.filter((_, index) => index !== 2) });
    expect(copy.with(change).layout()).toMatchObject({ owners: direct });
  });
});

describe('the seed', () => {
  test('is the first four bytes of twelve, the first byte the highest', () => {
    expect(ciliumTableSeed(CILIUM_SEED)).toBe(0x24b7ef82);
    const bytes = Uint8Array.from({ length: 12 }, (_, index) => 0xff - index);
    const text = Buffer.from(bytes).toString('base64');
    expect(ciliumTableSeed(text)).toBe(0xff_fe_fd_fc);
    expect(ciliumTableSeed('AAAAAAAAAAAAAAAA')).toBe(0);
    expect(ciliumTableSeed('////////////////')).toBe(0xffff_ffff);
  });

  test.each(['', 'JLfvgnHc2kaSUFa', 'JLfvgnHc2kaSUFaIA', 'JLfvgnHc2kaSUFa=', 'JLfvgnHc2kaSUF-_'])(
    'is not in %j',
    (text) => {
      expect(() => ciliumTableSeed(text)).toThrow(/^ciliumSeed: expected 12 bytes as 16 letters/);
    },
  );
});

describe('refuses', () => {
  test.each([0.5, 1.5, 65_536])('a weight of %d', (weight) => {
    expect(() => tableOf({ nodes: [{ id: 'a', weight }] })).toThrow(
      /^weight of "a": expected an integer in 0..65535, as Cilium has it/,
    );
  });

  test('a table longer than Cilium has one', () => {
    expect(() => tableOf({ nodes, tableSize: 131_101 })).toThrow(
      'tableSize: expected a prime in 2..131071, got 131101',
    );
  });

  test('a dialect that is none, and a seed that would be swallowed', () => {
    const dialect = 'envoy';
    expect(() => maglev({ nodes, dialect: dialect as 'cilium' })).toThrow(
      'dialect: expected quorate or cilium, got envoy',
    );
    expect(() => maglev({ nodes, ciliumSeed: CILIUM_SEED })).toThrow(/^ciliumSeed: expected none/);
  });

  test.each([[[]], [[251, -1]], [[251, 0.5]], [[251, 2 ** 32]], [[251, 1, 1]]])(
    'the numbers %j in a snapshot',
    (numbers) => {
      const { code: hashCode, seed } = keyHasher();
      const fields = { kind: 'maglev', epoch: 0, hashCode, seed, nodes: nodeSet(['a']) } as const;
      const bytes = encodeSnapshot({ ...fields, numbers, words: new Uint32Array() });
      expect(() => restorePlacement(bytes)).toThrow(DecodeError);
    },
  );
});
