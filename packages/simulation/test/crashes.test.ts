import type { Disk } from '@quorate/storage';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type NodeEnvironment, Simulation } from '../src/index.ts';
import { Talkers, talk } from './support/talkers.ts';

const [a, b] = [nodeId('a'), nodeId('b')];

test('a life goes from start to ready, crash and restart, and incarnations rise', async () => {
  const simulation = new Simulation({ seed: 1 });
  const lives: number[] = [];
  simulation.addNode(a, async ({ incarnation, disk }) => {
    lives.push(incarnation);
    await disk.createDirectory('data');
    return {};
  });
  expect([simulation.stateOf(a), simulation.incarnationOf(a)]).toEqual(['down', 0]);
  await simulation.run(0);
  expect(simulation.stateOf(a)).toBe('starting');
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('running');
  simulation.crash(a);
  simulation.crash(a);
  expect(simulation.stateOf(a)).toBe('down');
  await simulation.run(10);
  simulation.restart(a);
  simulation.restart(a);
  await simulation.run(10);
  expect([simulation.stateOf(a), simulation.incarnationOf(a)]).toEqual(['running', 2]);
  expect(lives).toEqual([1, 2]);
});

test('a dead life never acts again: timers, sends, listeners, disk', async () => {
  const simulation = new Simulation({ seed: 1 });
  const acts: string[] = [];
  const environments: NodeEnvironment[] = [];
  simulation.addNode(b, ({ transport }) => {
    transport.subscribe(talk, () => acts.push('b heard'));
    return {};
  });
  simulation.addNode(a, async (environment) => {
    environments.push(environment);
    const { clock, disk, transport, incarnation } = environment;
    if (incarnation > 1) return {};
    clock.setTimer(50, () => acts.push('timer'));
    transport.subscribe(talk, () => acts.push('listener'));
    transport.observePeers(() => simulation.nowMs > 20 && acts.push('observer'));
    const file = await disk.open('file', { mode: 'create' });
    clock.setTimer(15, () => {
      void file.sync().then(
        () => acts.push('synced'),
        () => acts.push('sync failed'),
      );
      void disk.list('').finally(() => acts.push('listed'));
    });
    return {};
  });
  await simulation.run(15);
  simulation.crash(a);
  const [dead] = environments;
  if (dead === undefined) expect.fail();

  expect(dead.transport.send(b, talk, Uint8Array.of(1))).toBe('dropped');
  expect(() => dead.transport.send(b, talk, new Uint8Array(2 ** 25))).toThrow(RangeError);
  dead.clock.setTimer(0, () => acts.push('timer set after death')).cancel();
  dead.clock.setTimer(0, () => acts.push('timer set after death'));
  const ghost = dead.disk.open('ghost', { mode: 'create' });
  void ghost.finally(() => acts.push('opened after death'));
  void dead.disk.lock?.('').finally(() => acts.push('locked after death'));
  await dead.transport.close();
  await simulation.run(200);
  simulation.restart(a);
  await simulation.run(200);
  expect(acts).toEqual([]);
  let names: readonly string[] = [];
  void environments[1]?.disk.list('').then((list) => (names = list));
  await simulation.run(10);
  expect(names).not.toContain('ghost');
  const kinds = simulation.trace.lines().filter(({ node, atMs }) => node === 'a' && atMs > 15);
  expect(kinds.map(({ kind }) => kind)).toEqual(['start', 'ready', 'peerUp', 'disk']);
});

test('a start still under way when the node crashes does not make it run', async () => {
  const simulation = new Simulation({ seed: 1, disk: { latency: { kind: 'constant', ms: 10 } } });
  simulation.addNode(a, async ({ disk }) => {
    await disk.createDirectory('x');
    await disk.createDirectory('y');
    return {};
  });
  await simulation.run(15);
  simulation.crash(a);
  await simulation.run(100);
  expect(simulation.stateOf(a)).toBe('down');
});

test('a crash asked for by code of the node falls after the event and its reactions', async () => {
  const simulation = new Simulation({ seed: 1 });
  const order: string[] = [];
  simulation.addNode(a, ({ clock }) => {
    clock.setTimer(1, () => {
      simulation.crash(a);
      void Promise.resolve()
        .then(() => simulation.stateOf(a))
        .then((state) => order.push(state));
    });
    clock.setTimer(1, () => order.push('timer'));
    return {};
  });
  await simulation.run(10);
  expect(order).toEqual(['running']);
  expect(simulation.stateOf(a)).toBe('down');
});

test('a paused node is called by nothing, then by everything in order', async () => {
  const simulation = new Simulation({ seed: 1 });
  const acts: string[] = [];
  let disk: Disk | undefined;
  simulation.addNode(b, () => ({}));
  simulation.addNode(a, (environment) => {
    ({ disk } = environment);
    environment.clock.setTimer(30, () => acts.push('timer 30'));
    environment.clock.setTimer(20, () => acts.push('timer 20'));
    environment.transport.subscribe(talk, ({ payload }) => acts.push(`heard ${payload[0]}`));
    return {};
  });
  await simulation.run(10);
  simulation.pause(a);
  simulation.pause(a);
  expect(simulation.stateOf(a)).toBe('paused');
  void disk?.createDirectory('x').then(() => acts.push('created'));
  await simulation.run(1_000);
  expect(acts).toEqual([]);
  simulation.resume(a);
  simulation.resume(a);
  await simulation.run(0);
  expect(acts).toEqual(['created', 'timer 20', 'timer 30']);
});

test('a node that crashes while paused forgets what waited for it', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { highWaterBytes: 100 } });
  const { simulation } = talkers;
  await simulation.run(50);
  simulation.pause(b);
  expect(talkers.say('a', 'b', 'x'.repeat(100))).toBe('pressured');
  await simulation.run(50);
  simulation.crash(b);
  simulation.restart(b);
  await simulation.run(50);
  expect(talkers.heard).toEqual([]);
  expect(talkers.newsOf('a')).toContain('b drained');
  expect(talkers.say('a', 'b', 'y')).toBe('accepted');
  await simulation.run(50);
  expect(talkers.heard.map(({ text }) => text)).toEqual(['y']);
});

test('stop asks the process, waits for it, and lets it say goodbye', async () => {
  const simulation = new Simulation({ seed: 1 });
  const order: string[] = [];
  simulation.addNode(a, ({ disk, transport }) => {
    transport.observePeers(({ kind }) => order.push(kind));
    return {
      stop: async () => {
        order.push('stopping');
        await disk.createDirectory('last words');
        order.push('stopped');
      },
    };
  });
  await simulation.run(10);
  simulation.stop(a);
  simulation.stop(a);
  await simulation.run(10);
  expect(order).toEqual(['stopping', 'stopped']);
  expect(simulation.stateOf(a)).toBe('down');
  simulation.stop(a);
  simulation.restart(a);
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('running');
});

test('a start or stop that throws ends the life and is reported', async () => {
  const errors: string[] = [];
  const simulation = new Simulation({
    seed: 1,
    onError: (error, nodeId) => errors.push(`${nodeId}: ${String(error)}`),
  });
  simulation.addNode(a, async ({ incarnation, disk }) => {
    await disk.createDirectory('x');
    if (incarnation === 1) throw new Error('no start');
    return {
      stop: () => {
        throw new Error('no stop');
      },
    };
  });
  simulation.addNode(b, () => {
    throw new Error('not even a promise');
  });
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('down');
  simulation.restart(a);
  await simulation.run(10);
  simulation.stop(a);
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('down');
  expect(errors).toEqual([
    'b: Error: not even a promise',
    'a: Error: no start',
    'a: Error: no stop',
  ]);
});

test('every life has a random stream of its own, whatever else is on the network', async () => {
  const drawnBy = async (
    names: readonly string[],
  ): Promise<ReadonlyMap<string, readonly number[]>> => {
    const simulation = new Simulation({ seed: 3 });
    const drawn = new Map<string, number[]>();
    for (const name of names) {
      simulation.addNode(nodeId(name), ({ random, incarnation }) => {
        drawn.set(`${name} ${incarnation}`, [random.uint32(), random.uint32()]);
        return {};
      });
    }
    await simulation.run(1);
    for (const name of names) simulation.crash(nodeId(name));
    for (const name of names) simulation.restart(nodeId(name));
    await simulation.run(1);
    return drawn;
  };
  const [few, many] = [await drawnBy(['a', 'b']), await drawnBy(['z', 'b', 'y', 'a'])];
  for (const [life, numbers] of few) expect(many.get(life)).toEqual(numbers);
  expect(new Set([...many.values()].flat()).size).toBe(16);
});

test('an upgrade is in force from the next start on, and stays', async () => {
  const simulation = new Simulation({ seed: 1, release: 3 });
  const releases: string[] = [];
  for (const id of [a, b]) {
    simulation.addNode(id, ({ release, incarnation }) => {
      releases.push(`${id} ${incarnation}: ${release}`);
      return {};
    });
  }
  simulation.schedule([
    { atMs: 10, kind: 'upgrade', node: a, release: 4 },
    { atMs: 20, kind: 'crash', node: a },
    { atMs: 30, kind: 'restart', node: a },
    { atMs: 40, kind: 'crash', node: b },
    { atMs: 50, kind: 'calm' },
    { atMs: 60, kind: 'crash', node: a },
    { atMs: 70, kind: 'restart', node: a },
  ]);
  await simulation.run(100);
  expect(releases).toEqual(['a 1: 3', 'b 1: 3', 'a 2: 4', 'b 2: 3', 'a 3: 4']);
  const starts = simulation.trace.lines().filter(({ kind }) => kind === 'start');
  expect(starts.map(({ detail }) => detail)).toEqual([3, 3, 4, 3, 4].map((n) => `release ${n}`));
  expect(() => new Simulation({ seed: 1, release: 0 })).toThrow(
    'release: expected an integer, at least 1, got 0',
  );
});
