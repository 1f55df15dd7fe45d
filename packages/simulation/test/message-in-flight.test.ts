import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Talkers } from './support/talkers.ts';

const numbersOf = (talkers: Talkers): readonly number[] =>
  talkers.heard.map(({ text }) => Number(text));

/** Why messages were lost, in order. */
const lossesOf = (talkers: Talkers): readonly string[] =>
  talkers.simulation.trace
    .lines()
    .filter(({ kind }) => kind === 'lose')
    .map(({ detail }) => detail);

test('the trace says why a message did not arrive', async () => {
  const talkers = new Talkers(['a', 'b', 'c']);
  const { simulation } = talkers;
  await simulation.run(100);
  const [a, b] = [nodeId('a'), nodeId('b')];

  talkers.transports.get('a')?.send(b, protocolName('unknown'), Uint8Array.of(1));
  await simulation.run(10);
  simulation.partition([a], [b]);
  talkers.say('a', 'b');
  simulation.heal();
  talkers.say('a', 'b');
  simulation.inject({ kind: 'reset', left: 'a', right: 'b', noticedBy: 'neither' });
  await simulation.run(10);
  simulation.inject({ kind: 'network', lossRate: 1 });
  talkers.say('a', 'b');
  simulation.inject({ kind: 'network', lossRate: 0 });
  talkers.say('a', 'b');
  simulation.crash(b);
  await simulation.run(10);
  talkers.say('a', 'c');
  await talkers.transports.get('c')?.close();
  await simulation.run(10);
  expect(lossesOf(talkers)).toEqual(['unheard', 'partition', 'reset', 'loss', 'down', 'closed']);
});

test('a message to a node that restarts meanwhile reaches its next life', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { delay: { kind: 'constant', ms: 20 } } });
  await talkers.simulation.run(100);
  talkers.say('a', 'b', 'hello');
  talkers.simulation.crash(nodeId('b'));
  talkers.simulation.restart(nodeId('b'));
  await talkers.simulation.run(100);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['hello']);
});

test('a clog holds messages and releases them all at once, in order', async () => {
  const talkers = new Talkers(['a', 'b', 'c']);
  await talkers.simulation.run(100);
  const ends = { left: ['a'], right: ['b'], direction: 'forward' } as const;
  talkers.simulation.inject({ kind: 'clog', ...ends });
  talkers.simulation.inject({ kind: 'clog', ...ends });
  for (let index = 0; index < 5; index += 1) {
    talkers.say('a', 'b', String(index));
    await talkers.simulation.run(10);
  }
  talkers.say('b', 'a', 'free');
  talkers.say('a', 'c', 'free');
  await talkers.simulation.run(100);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['free', 'free']);

  talkers.simulation.inject({ kind: 'unclog', ...ends });
  await talkers.simulation.run(10);
  expect(talkers.heard).toHaveLength(2);
  talkers.simulation.inject({ kind: 'unclog', ...ends });
  await talkers.simulation.run(0);
  expect(numbersOf(talkers).slice(2)).toEqual([0, 1, 2, 3, 4]);
});

test('heals a clog as well', async () => {
  const talkers = new Talkers(['a', 'b']);
  await talkers.simulation.run(100);
  talkers.simulation.inject({ kind: 'clog', left: ['a'], right: ['b'] });
  talkers.say('a', 'b', 'held');
  await talkers.simulation.run(100);
  talkers.simulation.heal();
  await talkers.simulation.run(0);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['held']);
});
