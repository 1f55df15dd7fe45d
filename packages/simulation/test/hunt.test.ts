import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import {
  drawScenario,
  type Failure,
  huntSeeds,
  runScenario,
  type Scenario,
  shrink,
  type Workload,
} from '../src/index.ts';
import { tokens } from './support/token-workload.ts';

const scenario: Scenario = {
  ...drawScenario(tokens, 1),
  nodeCount: 3,
  horizonMs: 1_000,
  network: {},
  faults: [],
  operations: [{ atMs: 10, from: 'n2', number: 7 }],
  outsiders: [],
};

const refuseToRead = (): string => {
  throw new Error('not a byte of it');
};

describe('runScenario', () => {
  test('holds where nothing breaks, and tells how much happened', async () => {
    const { failure, eventCount, virtualMs } = await runScenario(tokens, scenario);
    expect(failure).toBeUndefined();
    expect(eventCount).toBeGreaterThan(0);
    expect(virtualMs).toBeGreaterThanOrEqual(1_000);
  });

  test('names the promise that broke, when, and how', async () => {
    const faults = [
      { atMs: 100, kind: 'crash', node: 'n1' },
      { atMs: 200, kind: 'restart', node: 'n1' },
    ] as const;
    const { failure } = await runScenario(tokens, { ...scenario, faults }, { keepLines: 50 });
    expect(failure).toMatchObject({ invariantId: 'kept', message: 'kept: 0 of 7', atMs: 200 });
    expect(failure?.lines.at(-2)?.kind).toBe('ready');
    expect(failure?.lines.at(-1)).toMatchObject({
      atMs: 200,
      kind: 'broken',
      detail: 'kept: 0 of 7',
    });
  });

  test('has the messages described by the workload, in words of its own', async () => {
    const failures: Failure[] = [];
    for (const describeMessage of [undefined, () => undefined, () => 'a number', refuseToRead]) {
      const faults = [
        { atMs: 100, kind: 'crash', node: 'n1' },
        { atMs: 200, kind: 'restart', node: 'n1' },
      ] as const;
      const told = describeMessage === undefined ? tokens : { ...tokens, describeMessage };
      const { failure } = await runScenario(told, { ...scenario, faults }, { keepLines: 50 });
      if (failure !== undefined) failures.push(failure);
    }
    const said = failures.map(({ lines }) => lines.find(({ kind }) => kind === 'deliver')?.said);
    expect(said).toEqual(['token', 'token', 'a number', 'token, unreadable']);
    expect(new Set(failures.map(({ traceHash }) => traceHash)).size).toBe(1);
  });

  test('reports a core that does not recover, with who is where', async () => {
    const { failure } = await runScenario(tokens, { ...scenario, outsiders: ['n2'] });
    expect(failure?.invariantId).toBe('liveness');
    expect(failure?.message).toContain('no recovery within 300000 ms of calm; n1 is running');
  });

  test('begins with the release of the scenario', async () => {
    const releases: number[] = [];
    const watched: Workload = {
      ...tokens,
      open(simulation) {
        simulation.addNode(nodeId('n1'), ({ release }) => {
          releases.push(release);
          return {};
        });
        return { begin: () => undefined };
      },
    };
    await runScenario(watched, { ...scenario, nodeCount: 1 });
    await runScenario(watched, { ...scenario, nodeCount: 1, release: 4 });
    expect(releases).toEqual([1, 4]);
  });

  test('calls what a node threw by its name', async () => {
    const broken: Workload = {
      ...tokens,
      open(simulation) {
        simulation.addNode(nodeId('n1'), () => {
          throw new TypeError('not today');
        });
        return { begin: () => undefined };
      },
    };
    const { failure } = await runScenario(broken, { ...scenario, nodeCount: 1 });
    expect(failure?.invariantId).toBe('threw TypeError');
  });

  test('gives the same trace for the same scenario', async () => {
    const [once, again] = [drawScenario(tokens, 5), drawScenario(tokens, 5)];
    expect(again).toEqual(once);
    const first = await runScenario(tokens, once);
    expect((await runScenario(tokens, again)).traceHash).toBe(first.traceHash);
  });

  test('refuses the scenario of another workload', async () => {
    const strange = { ...scenario, workload: 'coins' };
    await expect(runScenario(tokens, strange)).rejects.toThrow(/expected tokens, got coins/);
  });
});

// Goal: a find is cut down to what it takes, and stays the same find.
// Method: a promise that a number and two faults break, under swarms of everything else.
test('a hunt finds the crash that matters, and shrinking leaves nothing else', async () => {
  const range = Array.from({ length: 50 }, (_, seed) => seed);
  const { failure } = await huntSeeds(tokens, range);
  expect(failure?.invariantId).toBe('kept');
  if (failure === undefined) return;
  const { failure: shrunk, runCount } = await shrink(tokens, failure);
  expect(shrunk.invariantId).toBe('kept');
  expect(runCount).toBeLessThanOrEqual(1_000);
  expect(shrunk.scenario.nodeCount).toBeLessThanOrEqual(3);
  expect(shrunk.scenario.operations).toHaveLength(1);
  expect(shrunk.scenario.faults.length).toBeLessThanOrEqual(2);
  expect(shrunk.scenario.network.delay).toMatchObject({ kind: 'constant' });
  expect((await shrink(tokens, failure)).failure.traceHash).toBe(shrunk.traceHash);
});

test('chance among the events of an instant is left out, where it does not matter', async () => {
  const faults = [
    { atMs: 100, kind: 'crash', node: 'n1' },
    { atMs: 200, kind: 'restart', node: 'n1' },
  ] as const;
  const chancy = { ...scenario, faults, sameTimeOrder: 'random' } as const;
  const { failure } = await runScenario(tokens, chancy);
  if (failure === undefined) throw new Error('expected a failure');
  const { failure: shrunk } = await shrink(tokens, failure);
  expect(shrunk.scenario.sameTimeOrder).toBe('insertion');
});
