import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Talkers } from './support/talkers.ts';

const constant = { kind: 'constant', ms: 10 } as const;

/** 1 000 messages from a to b, one a millisecond, and time for all of them to arrive. */
async function sayThousand(talkers: Talkers): Promise<void> {
  await talkers.simulation.run(100);
  for (let index = 0; index < 1_000; index += 1) {
    talkers.say('a', 'b', String(index));
    await talkers.simulation.run(1);
  }
  await talkers.simulation.run(60_000);
}

const numbersOf = (talkers: Talkers): readonly number[] =>
  talkers.heard.map(({ text }) => Number(text));

test('loses about as many messages as asked, and others with another seed', async () => {
  const lost = async (seed: number): Promise<ReadonlySet<number>> => {
    const talkers = new Talkers(['a', 'b'], { seed, network: { lossRate: 0.2 } });
    await sayThousand(talkers);
    const arrived = new Set(numbersOf(talkers));
    return new Set(Array.from({ length: 1_000 }, (_, i) => i).filter((i) => !arrived.has(i)));
  };
  const [first, second] = [await lost(1), await lost(2)];
  expect(first.size).toBeGreaterThan(150);
  expect(first.size).toBeLessThan(250);
  expect(first).not.toEqual(second);
});

test('duplicates about as many as asked, each copy with a delay of its own', async () => {
  const network = {
    duplicationRate: 0.2,
    delay: { kind: 'uniform', minMs: 1, maxMs: 50 },
  } as const;
  const talkers = new Talkers(['a', 'b'], { network });
  await sayThousand(talkers);
  const extra = talkers.heard.length - 1_000;
  expect(extra).toBeGreaterThan(150);
  expect(extra).toBeLessThan(250);
  expect(new Set(numbersOf(talkers)).size).toBe(1_000);
  const firstAtMs = new Map<string, number>();
  let apartCount = 0;
  for (const { text, atMs } of talkers.heard) {
    if ((firstAtMs.get(text) ?? atMs) !== atMs) apartCount += 1;
    firstAtMs.set(text, firstAtMs.get(text) ?? atMs);
  }
  expect(apartCount).toBeGreaterThan(100);
});

test('replays much later, in the middle of other talk', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { replayRate: 0.1, replayDelayMs: 20_000 } });
  await sayThousand(talkers);
  const late = talkers.heard.filter(({ atMs, text }) => atMs - 100 - Number(text) > 1_000);
  expect(late.length).toBeGreaterThan(50);
  expect(talkers.transports.get('a')?.capabilities.mayDuplicate).toBe(true);
});

test('messages overtake each other unless links are ordered', async () => {
  const delay = { kind: 'uniform', minMs: 1, maxMs: 50 } as const;
  const free = new Talkers(['a', 'b'], { network: { delay } });
  await sayThousand(free);
  expect(numbersOf(free)).not.toEqual(numbersOf(free).toSorted((x, y) => x - y));

  const ordered = new Talkers(['a', 'b'], { network: { delay, ordering: 'session' } });
  await sayThousand(ordered);
  expect(numbersOf(ordered)).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
});

test('a bandwidth spaces messages out', async () => {
  const network = { delay: constant, bandwidthBytesPerSecond: 1_000 };
  const talkers = new Talkers(['a', 'b'], { network });
  await talkers.simulation.run(100);
  for (let index = 0; index < 3; index += 1) talkers.say('a', 'b', 'x'.repeat(100));
  await talkers.simulation.run(1_000);
  expect(talkers.heard.map(({ atMs }) => atMs)).toEqual([210, 310, 410]);
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

test('nothing of an older life of the sender is heard after something of the newer', async () => {
  const network = { replayRate: 0.5, replayDelayMs: 500 };
  const talkers = new Talkers(['a', 'b'], { network });
  for (let life = 0; life < 5; life += 1) {
    await talkers.simulation.run(50);
    for (let index = 0; index < 100; index += 1) talkers.say('a', 'b', 'x');
    await talkers.simulation.run(50);
    talkers.simulation.crash(nodeId('a'));
    talkers.simulation.restart(nodeId('a'));
  }
  await talkers.simulation.run(1_000);
  const lives = talkers.heard.map(({ incarnation }) => incarnation);
  expect(lives).toEqual(lives.toSorted((x, y) => x - y));
  expect(talkers.simulation.trace.lines().some(({ detail }) => detail === 'stale')).toBe(true);
});

test('the bytes lent to a listener are spoilt when it returns', async () => {
  const talkers = new Talkers(['a', 'b']);
  await talkers.simulation.run(10);
  const kept: Uint8Array[] = [];
  const other = talkers.transports.get('b');
  other?.subscribe(protocolName('keep'), ({ payload }) => kept.push(payload));
  talkers.transports.get('a')?.send(nodeId('b'), protocolName('keep'), Uint8Array.of(1, 2, 3));
  await talkers.simulation.run(10);
  expect(kept).toEqual([Uint8Array.of(0xdb, 0xdb, 0xdb)]);
});

test('a message is decided by its place on its link, whatever other links carry', async () => {
  const arrivals = async (
    names: readonly string[],
    chatter: boolean,
  ): Promise<readonly number[]> => {
    const talkers = new Talkers(names, { network: { lossRate: 0.3, duplicationRate: 0.2 } });
    await talkers.simulation.run(10);
    for (let index = 0; index < 200; index += 1) {
      if (chatter) talkers.say('c', 'b', 'noise');
      if (chatter) talkers.say('b', 'a', 'noise');
      talkers.say('a', 'b', String(index));
    }
    await talkers.simulation.run(100);
    return talkers.heard
      .filter(({ from, by }) => from === 'a' && by === 'b')
      .map(({ atMs }) => atMs);
  };
  expect(await arrivals(['a', 'b'], false)).toEqual(await arrivals(['c', 'b', 'a'], true));
});

test('refuses what it cannot be asked', () => {
  const talkers = new Talkers(['a']);
  const { simulation } = talkers;
  expect(() => simulation.inject({ kind: 'network', lossRate: 1.5 })).toThrow(
    'fault.lossRate: expected a number, 0..1, got 1.5',
  );
  expect(() => new Talkers(['a'], { network: { lossRate: NaN } })).toThrow(
    'network.lossRate: expected 0..1, got NaN',
  );
  expect(() => new Talkers(['a'], { network: { ordering: 'session', replayRate: 0.1 } })).toThrow(
    "network.replayRate: expected 0 with ordering 'session', got 0.1",
  );
  expect(
    () => new Talkers(['a'], { network: { maxPayloadBytes: 5_000, maxQueueBytes: 5_000 } }),
  ).toThrow('network.maxQueueBytes: expected 5064..Infinity, got 5000');
});
