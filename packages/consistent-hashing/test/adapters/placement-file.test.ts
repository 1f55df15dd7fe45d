import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { PlacementFileError, readPlacement } from '../../src/adapters/placement-file.ts';
import { goMultiProbe } from '../../src/multi-probe/multi-probe.ts';
import { diff } from '../../src/plan/diff.ts';
import { ring } from '../../src/ring/ring.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'placement-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(description: object): string {
  const file = path.join(folder, 'placement.json');
  writeFileSync(file, JSON.stringify(description));
  return file;
}

describe.each([
  ['ring', {}],
  ['ketama', { dialect: 'libketama' }],
  ['multi-probe', { probes: 7 }],
  ['multi-probe', { dialect: 'go-mpchash' }],
  ['ring', { hash: 'xxh64', seed: '18446744073709551615' }],
  ['slots', { slotCount: 1_000 }],
  ['redis-slots', {}],
  ['rendezvous', {}],
  ['weighted-rendezvous', {}],
  ['skeleton-rendezvous', {}],
  ['jump', {}],
  ['maglev', { tableSize: 1_009 }],
  ['maglev', { dialect: 'cilium', tableSize: 251, ciliumSeed: 'JLfvgnHc2kaSUFaI' }],
  ['anchor', { capacity: 8 }],
  ['memento', {}],
])('a file of %s', (kind, options) => {
  test('is read, and so is its snapshot', () => {
    const placement = readPlacement(fileOf({ kind, ...options, nodes: ['a', 'b'], epoch: 3 }));
    expect(placement).toMatchObject({ kind, epoch: 3, nodes: [{ id: 'a' }, { id: 'b' }] });
    const bytes = path.join(folder, 'placement.bin');
    writeFileSync(bytes, placement.snapshot());
    expect(readPlacement(bytes).snapshot()).toEqual(placement.snapshot());
  });

  test('has a plan of what one node more moves', () => {
    const nodes = ['a', 'b', 'c', 'd'];
    const before = readPlacement(fileOf({ kind, ...options, nodes: nodes.slice(0, 3) }));
    const after = readPlacement(fileOf({ kind, ...options, nodes }));
    const plan = diff(before, after, plain(before.traits.diff));
    expect(plan.ideal).toBeCloseTo(1 / 4, 1);
    expect(plan.moves.some(({ to }) => to === 'd')).toBe(true);
  });
});

const secret = Array.from({ length: 16 }, (_, index) => 255 - index);

test.each([
  ['a number', 'murmur3-x86-128', 7, 7],
  ['digits, to the last bit', 'xxh64', '18446744073709551615', 2n ** 64n - 1n],
  ['digits of 2^53 + 1', 'xxh64', '9007199254740993', 2n ** 53n + 1n],
  ['bytes of a secret', 'siphash-1-3', secret, Uint8Array.from(secret)],
] as const)('a seed may be %s', (_, hash, inFile, seed) => {
  const options = { nodes: ['a', 'b', 'c'], hash };
  const placement = readPlacement(fileOf({ kind: 'ring', ...options, seed: inFile }));
  expect(placement.snapshot()).toEqual(ring({ ...options, seed }).snapshot());
});

test('go-mpchash is a dialect of multi-probe', () => {
  const nodes = ['a', 'b', 'c'];
  const placement = readPlacement(fileOf({ kind: 'multi-probe', dialect: 'go-mpchash', nodes }));
  expect(placement.snapshot()).toEqual(goMultiProbe({ nodes }).snapshot());
});

/** Few keys are enough where a plan is a sample. */
function plain(kind: string): { readonly sample?: number } {
  return kind === 'sampled' ? { sample: 2_000 } : {};
}

test.each([
  ['an option out of range', { kind: 'maglev', tableSize: 1_000 }, 'tableSize: expected a prime'],
  ['an option that is missing', { kind: 'anchor' }, 'capacity: expected'],
  ['a weight where there are none', { kind: 'jump', nodes: [{ id: 'a', weight: 2 }] }, 'weight'],
  ['digits past 64 bits', { kind: 'ring', hash: 'xxh64', seed: '18446744073709551616' }, 'seed: '],
  [
    'more digits than there are',
    { kind: 'ring', seed: '1'.repeat(21) },
    'seed: expected an integer',
  ],
  ['a seed that is a word', { kind: 'ring', seed: '0x7' }, 'seed: expected an integer, its digits'],
  ['a seed of no bytes', { kind: 'ring', seed: [256] }, 'seed: expected an integer, its digits'],
  ['a seed that is nothing', { kind: 'ring', seed: null }, 'seed: expected an integer, its digits'],
  ['a seed of too few bytes', { kind: 'ring', seed: [1, 2] }, 'seed: expected 4 bytes, got 2'],
  ['a dialect that is none', { kind: 'multi-probe', dialect: 'go' }, 'dialect: expected none or'],
  [
    'an option that a dialect would swallow',
    { kind: 'multi-probe', dialect: 'go-mpchash', probes: 7 },
    'probes: expected none, as go-mpchash has its own',
  ],
  ['an option by a wrong name', { kind: 'ring', points: 7 }, 'options: expected some of kind'],
  ['an option of another kind', { kind: 'jump', probes: 7 }, 'got "probes"'],
  ['a kind that is none', { kind: 'modulo' }, 'kind: expected one of ring, ketama'],
])('refuses %s', (_, description, message) => {
  const file = fileOf({ nodes: ['a'], ...description });
  expect(() => readPlacement(file)).toThrow(PlacementFileError);
  expect(() => readPlacement(file)).toThrow(message);
});
