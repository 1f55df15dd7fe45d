import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hashes } from './support/hashes.ts';
import { oneOfEach } from './support/one-of-each.ts';
import { runEverything, runGossip } from './support/scenario.ts';

const names = ['n1', 'n2', 'n3'];

test('the same seed gives the same trace twice, another seed another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.maxSafeInteger(), async (seed) => {
      const [first, second, other] = [
        await runEverything(seed, names, 2_000),
        await runEverything(seed, names, 2_000),
        await runEverything(seed === 0 ? 1 : -seed, names, 2_000),
      ];
      expect(first.trace.print()).toBe(second.trace.print());
      expect(first.trace.hash()).toBe(second.trace.hash());
      expect(first.trace.hash()).not.toBe(other.trace.hash());
    }),
    { numRuns: 10 },
  );
});

test('runs under every fault meet all kinds of lines, and of losses', async () => {
  const kinds = new Set<string>();
  const losses = new Set<string>();
  for (let seed = 0; seed < 8; seed += 1) {
    for (const { kind, detail } of (await runEverything(seed, names, 60_000)).trace.lines()) {
      kinds.add(kind);
      if (kind === 'lose') losses.add(detail);
    }
  }
  const lives = ['crash', 'error', 'exit', 'pause', 'ready', 'resume', 'start'];
  const messages = ['deliver', 'hold', 'lose', 'peerDown', 'peerUp', 'refuse', 'send'];
  expect([...kinds].toSorted()).toEqual(
    [...lives, ...messages, 'buggify', 'disk', 'fault', 'timer'].toSorted(),
  );
  expect([...losses].toSorted()).toEqual([
    'burst',
    'damage',
    'down',
    'loss',
    'overflow',
    'partition',
    'reset',
    'stale',
    'unheard',
  ]);
});

test('the runs whose hashes are known meet every kind of fault', async () => {
  const met = new Set<string>();
  for (const { seed } of hashes) {
    const { trace } = await runEverything(seed, names, 20_000);
    for (const { kind, detail } of trace.lines()) {
      if (kind === 'fault') met.add(/"kind":"(\w+)"/.exec(detail)?.[1] ?? '');
    }
  }
  expect([...new Set(oneOfEach.map(({ kind }) => kind))].filter((kind) => !met.has(kind))).toEqual(
    [],
  );
});

// The browser test computes the same hashes: see browser/.
test.each(hashes)('seed $seed gives hash $hash on every engine', async ({ seed, hash }) => {
  expect((await runEverything(seed, names, 20_000)).trace.hash()).toBe(hash);
});

test.each(['insertion', 'random'] as const)(
  'a node that nobody talks to changes no line of the others: %s',
  async (order) => {
    const withNames = async (all: readonly string[]): Promise<readonly string[]> => {
      const simulation = await runGossip(5, all, 20_000, ['n1', 'n2'], order);
      const isAboutUs = (line: { readonly node: string; readonly peer: string }): boolean =>
        line.node !== 'extra' && line.peer !== 'extra';
      return simulation.trace
        .lines()
        .filter(isAboutUs)
        .map((line) => JSON.stringify(line));
    };
    const alone = await withNames(['n1', 'n2']);
    expect(await withNames(['n1', 'n2', 'extra'])).toEqual(alone);
    expect(alone.length).toBeGreaterThan(1_000);
  },
);
