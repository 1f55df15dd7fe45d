import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { BrokenPromise, nodeIdsOf, type Workload } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { replay, swarmSeed } from './finds.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Breaks its promise as soon as a client asks for it. */
function fragile(breaks: boolean): Workload {
  return {
    name: 'fragile',
    nodeCounts: { min: 1, max: 3 },
    drawOperation: (_random, index) => ({ id: index }),
    open: (simulation, { nodeCount }) => {
      for (const id of nodeIdsOf(nodeCount)) simulation.addNode(nodeId(id), () => ({}));
      let isAsked = false;
      return {
        begin: () => {
          isAsked = breaks;
        },
        check: () => {
          if (isAsked) throw new BrokenPromise('never', 'asked to break');
        },
      };
    },
  };
}

test('what a swarm finds is filed, and replays', async () => {
  await expect(swarmSeed([fragile(true)], folder)(7)).rejects.toThrow(
    /^fragile broke a promise: never: asked to break\nleast found: 0 faults, 1 operations, /,
  );
  expect(readdirSync(folder).sort()).toEqual([
    'fragile-never-7.json',
    'fragile-never-7.svg',
    'fragile-never-7.txt',
  ]);
  const file = path.join(folder, 'fragile-never-7.json');
  const again = await replay(file, [fragile(true)]);
  expect(again.failure?.invariantId).toBe('never');
  expect(again.failure?.scenario.operations).toHaveLength(1);
  await expect(replay(file, [])).rejects.toThrow(/^workload: expected one of/);
});

test('a swarm that holds files nothing, and tells until it is over', async () => {
  const held: string[] = [];
  const calm = { ...fragile(false), name: 'calm' };
  const onHeld = (name: string): void => void held.push(name);
  const watch = { isOver: () => held.length > 0, onHeld };
  await swarmSeed([calm, fragile(true)], folder, watch)(7);
  expect(held).toEqual(['calm']);
  expect(readdirSync(folder)).toEqual([]);
});
