import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { PlacementFileError, readPlacement } from '../../src/adapters/placement-file.ts';
import { diff } from '../../src/plan/diff.ts';

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

/** Few keys are enough where a plan is a sample. */
function plain(kind: string): { readonly sample?: number } {
  return kind === 'sampled' ? { sample: 2_000 } : {};
}

test.each([
  ['an option out of range', { kind: 'maglev', tableSize: 1_000 }, 'tableSize: expected a prime'],
  ['an option that is missing', { kind: 'anchor' }, 'capacity: expected'],
  ['a weight where there are none', { kind: 'jump', nodes: [{ id: 'a', weight: 2 }] }, 'weight'],
  ['a kind that is none', { kind: 'modulo' }, 'kind: expected one of ring, ketama'],
])('refuses %s', (_, description, message) => {
  const file = fileOf({ nodes: ['a'], ...description });
  expect(() => readPlacement(file)).toThrow(PlacementFileError);
  expect(() => readPlacement(file)).toThrow(message);
});
