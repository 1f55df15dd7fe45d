import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Simulation } from '../src/index.ts';
import { oneOfEach } from './support/one-of-each.ts';

const a = nodeId('a');

test('every kind can strike, in a running simulation, without an error', async () => {
  const simulation = new Simulation({ seed: 1 });
  for (const name of ['a', 'b']) {
    simulation.addNode(nodeId(name), async ({ disk }) => {
      await disk.open('file', { mode: 'create' });
      return {};
    });
  }
  simulation.schedule(oneOfEach);
  await simulation.run(1_000);
  const faults = simulation.trace.lines().filter(({ kind }) => kind === 'fault');
  expect(faults).toHaveLength(oneOfEach.length);
  expect(faults[0]?.detail).toBe('{"kind":"crash","node":"a"}');
  expect(['a', 'b'].map((name) => simulation.stateOf(nodeId(name)))).toEqual([
    'running',
    'running',
  ]);
});

test('calm undoes all that can be undone', async () => {
  const simulation = new Simulation({ seed: 1, network: { lossRate: 1 } });
  const heard: string[] = [];
  const names = ['a', 'b', 'c', 'd'].map(nodeId);
  const talk = protocolName('talk');
  for (const id of names) {
    simulation.addNode(id, ({ transport, clock }) => {
      transport.subscribe(talk, ({ from }) => heard.push(`${from}>${id}`));
      clock.setTimer(1_000, () => {
        for (const to of names) transport.send(to, talk, Uint8Array.of(1));
      });
      return {};
    });
  }
  await simulation.run(100);
  const [b = a, c = a, d = a] = names.slice(1);
  simulation.pause(b);
  simulation.crash(c);
  simulation.partition([a], [d]);
  simulation.inject({ kind: 'clog', left: [d], right: [a] });
  simulation.inject({ kind: 'drift', node: a, ppm: -500_000 });
  await simulation.run(100);
  simulation.calm();
  await simulation.run(2_000);
  expect(names.map((id) => simulation.stateOf(id))).toEqual(new Array(4).fill('running'));
  expect(new Set(heard).size).toBe(16);
});
