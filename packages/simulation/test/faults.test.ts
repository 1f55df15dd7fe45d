import { nodeId, protocolName } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { Simulation } from '../src/index.ts';
import { oneOfEach } from './support/one-of-each.ts';
import { Talkers } from './support/talkers.ts';

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

test('calm takes what was changed about the network back to where it began', async () => {
  const delay = { kind: 'constant', ms: 7 } as const;
  const talkers = new Talkers(['a', 'b'], { network: { delay } });
  const { simulation } = talkers;
  await simulation.run(100);
  simulation.inject({
    kind: 'network',
    delay: { kind: 'constant', ms: 5_000 },
    bandwidthBytesPerSecond: 1,
    linkBufferBytes: 1,
    lossRate: 1,
    burstyLoss: { goodCountMean: 10, badCountMean: 10, goodLossRate: 1, badLossRate: 1 },
    damageRate: 1,
    damaged: 'delivered',
  });
  simulation.calm();
  for (let index = 0; index < 100; index += 1) talkers.say('a', 'b', 'hello');
  await simulation.run(7);
  expect(talkers.heard.map(({ text }) => text)).toEqual(new Array(100).fill('hello'));
});

describe('slowNode', () => {
  const perEvent = { kind: 'slowNode', node: 'b', perEventMs: 10 } as const;

  /** Two talkers, the second of which is slow. */
  async function slowTalker(): Promise<Talkers> {
    const talkers = new Talkers(['a', 'b'], { network: { delay: { kind: 'constant', ms: 1 } } });
    await talkers.simulation.run(100);
    talkers.simulation.inject(perEvent);
    return talkers;
  }

  const timesOf = (talkers: Talkers): readonly number[] =>
    talkers.heard.map(({ atMs }) => atMs - 100);

  test('takes its time for each message, and those behind it wait', async () => {
    const talkers = await slowTalker();
    for (let index = 0; index < 4; index += 1) talkers.say('a', 'b', String(index));
    await talkers.simulation.run(25);
    talkers.say('a', 'b', '4');
    await talkers.simulation.run(100);
    expect(timesOf(talkers)).toEqual([1, 11, 21, 31, 41]);
    expect(talkers.heard.map(({ text }) => text).join('')).toBe('01234');
    // It is late, not gone.
    expect(talkers.newsOf('a')).toEqual(['b up 1']);
  });

  test('has no more than its time, however much is asked of it', async () => {
    const talkers = await slowTalker();
    for (let index = 0; index < 200; index += 1) {
      talkers.say('a', 'b');
      await talkers.simulation.run(1);
    }
    expect(talkers.heard).toHaveLength(20);
    await talkers.simulation.run(1_800);
    expect(talkers.heard).toHaveLength(200);
  });

  test('is late with timers and disk as well', async () => {
    const simulation = new Simulation({ seed: 1, disk: { latency: { kind: 'constant', ms: 1 } } });
    const acts: string[] = [];
    simulation.addNode(a, ({ clock, disk }) => {
      for (const name of ['x', 'y']) {
        clock.setTimer(1, () => acts.push(`timer ${simulation.nowMs}`));
        void disk.createDirectory(name).then(() => acts.push(`disk ${simulation.nowMs}`));
      }
      return {};
    });
    simulation.inject({ kind: 'slowNode', node: a, perEventMs: 7 });
    await simulation.run(100);
    expect(acts).toEqual(['timer 1', 'disk 8', 'timer 15', 'disk 22']);
  });

  test('keeps what has arrived through a partition, and its senders under pressure', async () => {
    const network = { delay: { kind: 'constant', ms: 1 }, highWaterBytes: 200 } as const;
    const talkers = new Talkers(['a', 'b'], { network });
    await talkers.simulation.run(100);
    talkers.simulation.inject(perEvent);
    const outcomes = [1, 2, 3, 4].map(() => talkers.say('a', 'b', 'x'));
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'pressured']);
    await talkers.simulation.run(5);
    talkers.simulation.partition([a], [nodeId('b')]);
    await talkers.simulation.run(100);
    expect(talkers.heard).toHaveLength(4);
    expect(talkers.newsOf('a')).toContain('b drained');
  });

  test('is slow through a restart, and well again at once', async () => {
    const talkers = await slowTalker();
    talkers.simulation.crash(nodeId('b'));
    talkers.simulation.restart(nodeId('b'));
    await talkers.simulation.run(50);
    for (let index = 0; index < 50; index += 1) talkers.say('a', 'b', String(index));
    await talkers.simulation.run(15);
    expect(talkers.heard).toHaveLength(2);
    talkers.simulation.calm();
    await talkers.simulation.run(0);
    expect(talkers.heard).toHaveLength(50);
  });
});
