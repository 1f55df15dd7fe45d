import { nodeId, protocolName } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import {
  BrokenPromise,
  drawScenario,
  type Failure,
  runScenario,
  type Scenario,
  shrink,
  type Workload,
} from '../src/index.ts';
import { tokens } from './support/token-workload.ts';

/** A crash of n1 after a number has reached it, amid much that has nothing to do with it. */
const crowded: Scenario = {
  ...drawScenario(tokens, 1),
  seed: 5,
  nodeCount: 5,
  horizonMs: 60_000,
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 9 }, lossRate: 0.3 },
  disk: { syncLatency: { kind: 'uniform', minMs: 1, maxMs: 9 } },
  clocks: { offsetMsMax: 50, driftPpmMax: 100 },
  sameTimeOrder: 'random',
  faults: [
    { atMs: 1_000, kind: 'pause', node: 'n4' },
    { atMs: 1_100, kind: 'wallJump', node: 'n1', byMs: 500 },
    { atMs: 1_200, kind: 'drift', node: 'n2', ppm: 90 },
    { atMs: 1_500, kind: 'partition', left: ['n5'], right: ['n3', 'n4'] },
    { atMs: 2_000, kind: 'resume', node: 'n4' },
    { atMs: 3_000, kind: 'crash', node: 'n1' },
    { atMs: 3_100, kind: 'restart', node: 'n1' },
    { atMs: 40_000, kind: 'heal' },
  ],
  operations: [1, 2, 3, 4, 5, 6, 7, 8].map((place) => ({
    atMs: 100 * place,
    from: `n${2 + (place % 4)}`,
    number: place,
  })),
  outsiders: ['n5'],
};

async function failureOf(workload: Workload, scenario: Scenario): Promise<Failure> {
  const { failure } = await runScenario(workload, scenario);
  expect.assert(failure !== undefined);
  return failure;
}

describe('shrinking', () => {
  const shrunk = failureOf(tokens, crowded).then((failure) => shrink(tokens, failure));

  test('starts from what is crowded in every dimension, and keeps the promise', async () => {
    const before = await failureOf(tokens, crowded);
    expect((await shrunk).failure.invariantId).toBe(before.invariantId);
  });

  test('ends the run where it fails', async () => {
    const { failure } = await shrunk;
    expect(failure.scenario.horizonMs).toBeLessThanOrEqual(Math.ceil(failure.atMs));
  });

  test('lets no time pass in which nothing that matters happens', async () => {
    const { faults, horizonMs } = (await shrunk).failure.scenario;
    expect(horizonMs).toBeLessThan(50);
    expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => Math.round(atMs)));
  });

  test('keeps the faults that matter', async () => {
    const { faults } = (await shrunk).failure.scenario;
    const kinds = faults.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['crash', 'restart']));
    expect(kinds).toHaveLength(2);
  });

  test('keeps one client operation', async () => {
    expect((await shrunk).failure.scenario.operations).toHaveLength(1);
  });

  test('keeps no node and no outsider that is not needed', async () => {
    const { nodeCount, outsiders, operations } = (await shrunk).failure.scenario;
    const sender = Number(String(operations[0]?.['from']).slice(1));
    expect(nodeCount).toBe(Math.max(2, sender));
    expect(outsiders).toEqual([]);
  });

  test('makes delays constant, then zero, and clocks right', async () => {
    const { network, disk, clocks, sameTimeOrder } = (await shrunk).failure.scenario;
    const zero = { kind: 'constant', ms: 0 };
    expect(network.delay).toEqual(zero);
    expect(disk).toMatchObject({ latency: zero, syncLatency: zero });
    expect(clocks).toEqual({});
    expect(sameTimeOrder).toBe('insertion');
  });
});

test('a delay that matters becomes constant', async () => {
  const slow: Workload = {
    ...tokens,
    open: (simulation, scenario) => {
      const { delay } = scenario.network;
      const isSlow = delay?.kind !== 'constant' || delay.ms >= 3;
      const experiment = tokens.open(simulation, scenario);
      return isSlow ? experiment : { begin: () => undefined };
    },
  };
  const { failure } = await shrink(slow, await failureOf(slow, crowded));
  expect(failure.scenario.network.delay).toEqual({ kind: 'constant', ms: 5 });
});

/** Works off what clients ask, 100 ms for each, and may not be at it for 250 ms when healed. */
const busy: Workload = {
  name: 'busy',
  nodeCounts: { min: 1, max: 1 },
  drawOperation: () => ({}),
  open(simulation) {
    let [sinceMs, untilMs] = [0, 0];
    return {
      begin: () => {
        if (simulation.nowMs >= untilMs) sinceMs = simulation.nowMs;
        untilMs = Math.max(simulation.nowMs, untilMs) + 100;
      },
      check: ({ kind }) => {
        const { nowMs } = simulation;
        const isLate = nowMs < untilMs && nowMs - sinceMs >= 250;
        if (kind === 'fault' && isLate) throw new BrokenPromise('rest', `since ${sinceMs}`);
      },
    };
  },
};

test('a backlog goes together with the time to work it off', async () => {
  const scenario: Scenario = {
    ...crowded,
    workload: 'busy',
    nodeCount: 1,
    faults: [{ atMs: 4_000, kind: 'heal' }],
    operations: Array.from({ length: 40 }, (_, place) => ({ atMs: 10 + place })),
    outsiders: [],
  };
  // With all this time until the fault, none of the 40 can be left out.
  const { failure } = await shrink(busy, await failureOf(busy, scenario));
  expect(failure.scenario.operations).toHaveLength(3);
  expect(failure.scenario.faults[0]?.atMs).toBeLessThan(400);
});

/** n2 talks all the time, and n1 promises to live but once. */
const talkative: Workload = {
  name: 'talkative',
  nodeCounts: { min: 2, max: 2 },
  drawOperation: () => ({}),
  open(simulation) {
    let lives = 0;
    simulation.addNode(nodeId('n1'), ({ incarnation }) => {
      lives = incarnation;
      return {};
    });
    simulation.addNode(nodeId('n2'), ({ clock, transport }) => {
      const talk = (): void => {
        transport.send(nodeId('n1'), protocolName('talk'), Uint8Array.of(1));
        clock.setTimer(20, talk);
      };
      talk();
      return {};
    });
    return {
      begin: () => undefined,
      check: () => {
        if (lives > 1) throw new BrokenPromise('one life', `${lives}`);
      },
    };
  },
};

test('messages whose loss does not matter are delivered', async () => {
  const { faults } = crowded;
  const crashes = faults.filter((fault) => 'node' in fault && fault.node === 'n1');
  const base = { ...crowded, workload: 'talkative', nodeCount: 2, operations: [], outsiders: [] };
  const failure = await failureOf(talkative, { ...base, faults: crashes });
  expect(failure.mishaps.length).toBeGreaterThan(10);
  expect((await shrink(talkative, failure)).failure.mishaps).toEqual([]);
});

/** Breaks its promise in the life of n1 whose luck is bad: one in eight, by the seed. */
const unlucky: Workload = {
  name: 'unlucky',
  nodeCounts: { min: 1, max: 1 },
  drawOperation: () => ({}),
  open(simulation) {
    let isUnlucky = false;
    simulation.addNode(nodeId('n1'), ({ random }) => {
      isUnlucky ||= random.int(8) === 0;
      return {};
    });
    return {
      begin: () => undefined,
      check: () => {
        if (isUnlucky) throw new BrokenPromise('luck', 'bad');
      },
    };
  },
};

// Why this test? A life's luck hangs on how many came before it: no crash can be left out.
test('what needs a moment that passes is met again under another seed', async () => {
  const faults = Array.from({ length: 40 }, (_, place) => [
    { atMs: 10 * place + 10, kind: 'crash', node: 'n1' } as const,
    { atMs: 10 * place + 15, kind: 'restart', node: 'n1' } as const,
  ]).flat();
  const base = { ...crowded, workload: 'unlucky', nodeCount: 1, faults, operations: [] };
  const late: Failure[] = [];
  for (let seed = 0; seed < 100 && late.length === 0; seed += 1) {
    const scenario = { ...base, seed, outsiders: [], sameTimeOrder: 'insertion' as const };
    const { failure } = await runScenario(unlucky, scenario);
    if (failure !== undefined && failure.atMs > 150) late.push(failure);
  }
  const [failure] = late;
  expect.assert(failure !== undefined);
  const { failure: least } = await shrink(unlucky, failure);
  expect(failure.atMs).toBeGreaterThan(150);
  expect(least.scenario.faults.length).toBeLessThanOrEqual(8);
});
