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
