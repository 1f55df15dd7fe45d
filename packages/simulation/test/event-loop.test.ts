import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Simulation, type TraceLine } from '../src/index.ts';

const a = nodeId('a');

test('runUntil stops at the first instant at which the predicate holds', async () => {
  const simulation = new Simulation({ seed: 1 });
  let count = 0;
  simulation.addNode(a, ({ clock }) => {
    const tick = (): void => {
      count += 1;
      clock.setTimer(10, tick);
    };
    tick();
    return {};
  });
  expect(await simulation.runUntil(() => count === 5, 1_000)).toBe(true);
  expect(simulation.nowMs).toBe(40);
  expect(await simulation.runUntil(() => count === 5, 0)).toBe(true);
  expect(await simulation.runUntil(() => count === 500, 100)).toBe(false);
  expect(simulation.nowMs).toBe(140);
});

test('listeners hear of each event once it is over, with all its reactions', async () => {
  const simulation = new Simulation({ seed: 1 });
  let done = 0;
  const lines: (TraceLine & { readonly done: number })[] = [];
  const stop = simulation.onEvent((line) => lines.push({ ...line, done }));
  simulation.addNode(a, ({ clock, transport }) => {
    clock.setTimer(10, () => {
      transport.send(a, protocolName('self'), Uint8Array.of(1));
      void Promise.resolve().then(() => (done += 1));
    });
    clock.setTimer(20, () => undefined);
    return {};
  });
  await simulation.run(10);
  stop();
  stop();
  await simulation.run(20);
  const seen = lines.map(({ kind, node, done }) => `${kind} ${node} ${done}`);
  expect(seen).toEqual(['start a 0', 'timer a 1', 'lose a 1']);
});

test('a timer that stops time is told from one that takes long', async () => {
  const simulation = new Simulation({ seed: 1, trace: { keepLines: 100 } });
  simulation.addNode(a, ({ clock }) => {
    const again = (): void => void clock.setTimer(0, again);
    again();
    return {};
  });
  await expect(simulation.run(1)).rejects.toThrow('time does not pass: 1000000 events at 0 ms');
});

test('two runs at once are refused, and the first is none the worse', async () => {
  const simulation = new Simulation({ seed: 1 });
  const first = simulation.run(100);
  await expect(simulation.run(100)).rejects.toThrow('run: expected no other run in progress');
  await first;
  expect(simulation.nowMs).toBe(100);
});

test('a run that breaks the simulator itself leaves no guard behind', async () => {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(a, () => ({}));
  simulation.schedule([
    { atMs: 1, kind: 'crash', node: 'a' },
    { atMs: 2, kind: 'calm' },
  ]);
  const stop = simulation.onEvent(() => {
    throw new Error('from a listener');
  });
  await expect(simulation.run(10)).rejects.toThrow('from a listener');
  stop();
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('running');
  expect(Date.now()).toBeGreaterThan(0);
});
