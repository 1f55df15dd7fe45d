import type { Disk } from '@quorate/storage';
import { nodeId, type Transport } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type NodeEnvironment, Simulation } from '../src/index.ts';
import { contents } from './support/disk-node.ts';
import { talk } from './support/talkers.ts';

const [a, b, c] = [nodeId('a'), nodeId('b'), nodeId('c')];

/** One process: what it was given and what it heard. */
interface Process {
  readonly environment: NodeEnvironment;
  readonly heard: string[];
  readonly news: string[];
}

/** Nodes a, b and c on a network that takes 5 ms, and every process there ever was. */
class Twins {
  readonly simulation: Simulation = new Simulation({
    seed: 1,
    network: { delay: { kind: 'constant', ms: 5 } },
  });
  readonly processes: Map<string, Process> = new Map<string, Process>();

  constructor() {
    for (const id of [a, b, c]) {
      this.simulation.addNode(id, (environment) => {
        const { transport, incarnation } = environment;
        const process: Process = { environment, heard: [], news: [] };
        this.processes.set(`${id}${incarnation}`, process);
        transport.subscribe(talk, ({ from, incarnation: life, payload }) => {
          process.heard.push(`${from}${life} ${new TextDecoder().decode(payload)}`);
        });
        transport.observePeers((event) => {
          process.news.push(
            `${event.peer} ${event.kind === 'up' ? event.incarnation : event.kind}`,
          );
        });
        return {};
      });
    }
  }

  process(name: string): Process {
    return this.processes.get(name) ?? expect.fail(`no process ${name}`);
  }

  transport(name: string): Transport {
    return this.process(name).environment.transport;
  }

  say(from: string, to: 'a' | 'b' | 'c', text: string): void {
    this.transport(from).send(nodeId(to), talk, new TextEncoder().encode(text));
  }

  heard(name: string): readonly string[] {
    return this.process(name).heard.splice(0);
  }
}

/** After `a` and `b` have spoken, `a` is started a second time. */
async function twinned(): Promise<Twins> {
  const twins = new Twins();
  await twins.simulation.run(50);
  twins.say('a1', 'b', 'hello');
  await twins.simulation.run(50);
  twins.heard('b1');
  twins.simulation.inject({ kind: 'twin', node: a });
  await twins.simulation.run(1);
  return twins;
}

test('two processes bear one name, and what is said of it is said of the newer', async () => {
  const twins = await twinned();
  const { simulation } = twins;
  expect([simulation.stateOf(a), simulation.incarnationOf(a)]).toEqual(['running', 2]);
  let ticks = 0;
  for (const name of ['a1', 'a2']) {
    twins.process(name).environment.clock.setTimer(10, () => (ticks += 1));
  }
  simulation.inject({ kind: 'twin', node: a });
  await simulation.run(20);
  expect(ticks).toBe(2);
  expect(simulation.incarnationOf(a)).toBe(2);
});

test('the newer is told of its peers as any process that starts', async () => {
  const twins = await twinned();
  await twins.simulation.run(20);
  expect(twins.process('a2').news.toSorted()).toEqual(['b 1', 'c 1']);
});

test('what the newer learns of a peer keeps the older from nothing', async () => {
  const twins = await twinned();
  await twins.simulation.run(20);
  twins.simulation.inject({ kind: 'crash', node: b, isNoticed: true });
  await twins.simulation.run(20);
  expect(twins.process('a2').news.at(-1)).toBe('b down');
  const outcomes = ['a1', 'a2'].map((name) =>
    twins.transport(name).send(b, talk, Uint8Array.of(1)),
  );
  expect(outcomes).toEqual(['accepted', 'dropped']);
});

test('a peer stays with the process it knows until it is told of the newer one', async () => {
  const twins = await twinned();
  twins.say('b1', 'a', 'to whom I know');
  await twins.simulation.run(20);
  expect(twins.heard('a1')).toEqual(['b1 to whom I know']);
  expect(twins.process('b1').news.slice(-2)).toEqual(['a down', 'a 2']);
  twins.say('b1', 'a', 'to the new one');
  await twins.simulation.run(20);
  expect([twins.heard('a1'), twins.heard('a2')]).toEqual([[], ['b1 to the new one']]);
});

test('nothing of the older process is heard after something of the newer', async () => {
  const twins = await twinned();
  twins.say('a1', 'b', 'still here');
  await twins.simulation.run(10);
  expect(twins.heard('b1')).toEqual(['a1 still here']);
  twins.say('a2', 'b', 'me too');
  await twins.simulation.run(10);
  twins.say('a1', 'b', 'and I');
  await twins.simulation.run(10);
  expect(twins.heard('b1')).toEqual(['a2 me too']);
  const lost = twins.simulation.trace.lines().filter(({ kind }) => kind === 'lose');
  expect(lost.map(({ detail }) => detail)).toEqual(['stale']);
});

test('the two do not hear each other, and each hears itself', async () => {
  const twins = await twinned();
  twins.say('a1', 'a', 'mine');
  twins.say('a2', 'a', 'my own');
  await twins.simulation.run(10);
  expect(twins.heard('a1')).toEqual(['a1 mine']);
  expect(twins.heard('a2')).toEqual(['a2 my own']);
});

test('behind a partition the older process lives on with those who know no other', async () => {
  const twins = await twinned();
  twins.simulation.partition([a], [b]);
  await twins.simulation.run(1_000);
  twins.simulation.heal();
  twins.say('b1', 'a', 'at last');
  await twins.simulation.run(6);
  expect(twins.heard('a1')).toEqual(['b1 at last']);
});

test('the newer starts from what was durable; then each has a disk of its own', async () => {
  const simulation = new Simulation({ seed: 1 });
  const disks: Disk[] = [];
  simulation.addNode(a, async ({ disk, incarnation }) => {
    disks.push(disk);
    const file = await disk.open('file', { mode: 'create' });
    const before = await file.sizeBytes();
    await file.write(before, Uint8Array.of(incarnation));
    await file.sync();
    await disk.syncDirectory('');
    await file.write(before + 1, Uint8Array.of(99));
    return {};
  });
  await simulation.run(100);
  simulation.inject({ kind: 'twin', node: a });
  await simulation.run(100);
  const found: (readonly number[])[] = [];
  for (const disk of disks) void contents(disk, 'file').then((bytes) => found.push(bytes));
  await simulation.run(100);
  expect(found.toSorted((left, right) => left.length - right.length)).toEqual([
    [1, 99],
    [1, 2, 99],
  ]);
});

test('a fault of its own, or calm, ends the older one alone, and nobody is told', async () => {
  for (const end of [{ kind: 'endTwin', node: a }, { kind: 'calm' }] as const) {
    const twins = await twinned();
    await twins.simulation.run(50);
    const newsBefore = twins.process('b1').news.length;
    twins.simulation.inject(end);
    expect(twins.simulation.stateOf(a)).toBe('running');
    expect(twins.transport('a1').send(b, talk, Uint8Array.of(1))).toBe('dropped');
    twins.say('b1', 'a', 'who is there?');
    await twins.simulation.run(50);
    expect(twins.heard('a2')).toEqual(['b1 who is there?']);
    expect(twins.process('b1').news).toHaveLength(newsBefore);
    twins.simulation.inject({ kind: 'endTwin', node: a });
    expect(twins.simulation.stateOf(a)).toBe('running');
  }
});

test('a crash and a restart of the node leave the older process alone', async () => {
  const twins = await twinned();
  twins.simulation.crash(a);
  twins.say('c1', 'a', 'you?');
  await twins.simulation.run(10);
  twins.simulation.restart(a);
  await twins.simulation.run(50);
  expect(twins.simulation.incarnationOf(a)).toBe(3);
  twins.say('a1', 'c', 'I am still here');
  await twins.simulation.run(10);
  expect(twins.heard('c1')).toEqual(['a1 I am still here']);
});

test('a process that stood still when it was replaced wakes up and knows nothing', async () => {
  const twins = new Twins();
  await twins.simulation.run(50);
  twins.process('a1').environment.clock.setTimer(10, () => twins.say('a1', 'b', 'I lead'));
  twins.simulation.pause(a);
  await twins.simulation.run(50);
  twins.simulation.inject({ kind: 'twin', node: a });
  await twins.simulation.run(50);
  twins.simulation.resume(a);
  await twins.simulation.run(50);
  expect(twins.heard('b1')).toEqual(['a1 I lead']);
});

test('a start that fails ends the process it was to be, whichever of the two that is', async () => {
  const errors: string[] = [];
  const simulation = new Simulation({ seed: 1, onError: (error) => errors.push(String(error)) });
  simulation.addNode(a, async ({ disk, incarnation }) => {
    await disk.createDirectory('x');
    await disk.createDirectory('y');
    if (incarnation === 1) throw new Error('first');
    return {};
  });
  await simulation.run(0);
  simulation.inject({ kind: 'twin', node: a });
  await simulation.run(100);
  expect(errors).toEqual(['Error: first']);
  expect([simulation.stateOf(a), simulation.incarnationOf(a)]).toEqual(['running', 2]);
  simulation.crash(a);
  simulation.inject({ kind: 'twin', node: a });
  await simulation.run(100);
  expect([simulation.stateOf(a), simulation.incarnationOf(a)]).toEqual(['down', 2]);
});

test('the node is where its newer process is in its life', async () => {
  const simulation = new Simulation({ seed: 1, disk: { latency: { kind: 'constant', ms: 10 } } });
  simulation.addNode(a, async ({ disk }) => {
    await disk.createDirectory('x');
    return {};
  });
  await simulation.run(5);
  simulation.inject({ kind: 'twin', node: a });
  await simulation.run(6);
  expect(simulation.stateOf(a)).toBe('starting');
  await simulation.run(10);
  expect(simulation.stateOf(a)).toBe('running');
});

test('back-pressure on the older process ends as on any other', async () => {
  const twins = await twinned();
  await twins.simulation.run(20);
  const { transport } = twins.process('a1').environment;
  let outcome = '';
  for (let count = 0; count < 100 && outcome !== 'pressured'; count += 1) {
    outcome = transport.send(b, talk, new Uint8Array(100_000));
  }
  expect(outcome).toBe('pressured');
  await twins.simulation.run(50);
  expect(twins.process('a1').news.at(-1)).toBe('b drained');
});
