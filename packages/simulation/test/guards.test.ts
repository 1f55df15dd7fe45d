import { nodeId } from '@quorate/transport';
import { afterEach, expect, test } from 'vitest';

import { enterSimulatedCode, exitSimulatedCode, installGuards } from '../src/adapters/guards.ts';
import { type AmbientAccessError, Simulation, SimulationFailure } from '../src/index.ts';

/** Every way out that is watched, as simulated code would take it by mistake. */
const accesses: readonly (readonly [access: string, use: () => unknown])[] = [
  ['Date.now', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
  ['performance.now', () => performance.now()],
  ['Math.random', () => Math.random()],
  ['setTimeout', () => setTimeout(() => undefined, 0)],
  ['setInterval', () => setInterval(() => undefined, 1_000)],
  ['setImmediate', () => setImmediate(() => undefined)],
  ['AbortSignal.timeout', () => AbortSignal.timeout(1_000)],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.randomUUID', () => crypto.randomUUID()],
  ['process.nextTick', () => process.nextTick(() => undefined)],
  ['process.hrtime', () => process.hrtime()],
  ['fetch', () => fetch('http://127.0.0.1:1')],
  ['MessageChannel', () => new MessageChannel()],
  ['BroadcastChannel', () => new BroadcastChannel('x')],
  ['WeakRef', () => new WeakRef({})],
  ['FinalizationRegistry', () => new FinalizationRegistry(() => undefined)],
];

const globals = Object.getOwnPropertyNames(globalThis);
const before = new Map(
  globals.map((key) => [key, Object.getOwnPropertyDescriptor(globalThis, key)]),
);

/** Nothing is left behind: the globals are what they were, to the descriptor. */
afterEach(() => {
  for (const [key, descriptor] of before) {
    expect(Object.getOwnPropertyDescriptor(globalThis, key), key).toEqual(descriptor);
  }
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(globals);
  expect(Object.hasOwn(performance, 'now')).toBe(false);
});

/** What became of a run in which a node does `use` at some point. */
async function failureOf(
  where: 'start' | 'timer' | 'reaction',
  use: () => unknown,
): Promise<unknown> {
  const simulation = new Simulation({ seed: 5 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    if (where === 'start') use();
    clock.setTimer(10, () => {
      if (where === 'timer') use();
    });
    return {};
  });
  if (where === 'reaction') {
    simulation.addNode(nodeId('deep'), async () => {
      for (let hop = 0; hop < 200; hop += 1) await Promise.resolve();
      use();
      return {};
    });
  }
  return simulation.run(100).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each(accesses)('%s throws in a start, a timer and a promise reaction', async (access, use) => {
  for (const where of ['start', 'timer', 'reaction'] as const) {
    const failure = await failureOf(where, use);
    expect(failure).toBeInstanceOf(SimulationFailure);
    const { cause } = failure as SimulationFailure;
    expect((cause as AmbientAccessError).code).toBe('SIMULATION_AMBIENT_ACCESS');
    expect((cause as AmbientAccessError).access).toBe(access);
    expect((failure as Error).message).toContain(`${access}: forbidden in simulated code; use`);
    expect((failure as Error).message).toContain('SEED=5');
  }
});

test('what needs no time, randomness or timer works as ever', async () => {
  const failure = await failureOf('timer', () => {
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new Date('2026-01-01') instanceof Date).toBe(true);
    expect(Date.UTC(2026, 0)).toBe(1_767_225_600_000);
    expect(Math.max(1, 2)).toBe(2);
    expect(structuredClone({ a: 1 })).toEqual({ a: 1 });
    queueMicrotask(() => undefined);
    new AbortController().abort();
    clearTimeout(undefined);
    console.debug('printing works too');
  });
  expect(failure).toBeUndefined();
});

test('the test itself may use the machine: in checks, between runs, in other tasks', async () => {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    const tick = (): void => void clock.setTimer(1, tick);
    tick();
    return {};
  });
  const readings: number[] = [];
  simulation.onEvent(() => readings.push(Date.now(), Math.random()));
  const inTask = new Promise<number>((resolve) => {
    setImmediate(() => resolve(Date.now()));
  });
  await simulation.run(5_000);
  await simulation.runUntil(() => performance.now() < 0, 10);
  expect(readings.length).toBeGreaterThan(5_000);
  expect(await inTask).toBeGreaterThan(0);
});

test('an opt-out exists', async () => {
  const simulation = new Simulation({ seed: 1, ambient: 'allow' });
  let readMs = 0;
  simulation.addNode(nodeId('n'), () => {
    readMs = Date.now();
    return {};
  });
  await simulation.run(1);
  expect(readMs).toBeGreaterThan(0);
});

test('are gone even after a run that failed', async () => {
  expect(await failureOf('start', () => JSON.parse('{'))).toBeInstanceOf(SimulationFailure);
  expect(Date.now()).toBeGreaterThan(0);
});

test('nested use counts: the last one out restores', () => {
  const [outer, inner] = [installGuards(), installGuards()];
  enterSimulatedCode();
  expect(() => Date.now()).toThrow('Date.now: forbidden');
  outer();
  outer();
  expect(() => Date.now()).toThrow('Date.now: forbidden');
  exitSimulatedCode();
  expect(Date.now()).toBeGreaterThan(0);
  inner();
});
