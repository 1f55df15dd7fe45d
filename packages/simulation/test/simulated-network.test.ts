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

/** Why messages were lost, in order. */
const lossesOf = (talkers: Talkers): readonly string[] =>
  talkers.simulation.trace
    .lines()
    .filter(({ kind }) => kind === 'lose')
    .map(({ detail }) => detail);

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

test('a busy link loses what its buffer has no room for, an idle one takes anything', async () => {
  const network = { delay: constant, bandwidthBytesPerSecond: 1_000, linkBufferBytes: 250 };
  const talkers = new Talkers(['a', 'b'], { network });
  await talkers.simulation.run(100);
  talkers.say('a', 'b', 'x'.repeat(400));
  await talkers.simulation.run(1_000);
  for (let index = 0; index < 5; index += 1) talkers.say('a', 'b', `${index}`.repeat(100));
  // Fifty of the hundred that were on the way first have left, and there is room again.
  await talkers.simulation.run(50);
  talkers.say('a', 'b', '5'.repeat(100));
  await talkers.simulation.run(1_000);
  expect(talkers.heard.map(({ text, atMs }) => `${text[0]} at ${atMs}`)).toEqual([
    'x at 510',
    '0 at 1210',
    '1 at 1310',
    '5 at 1410',
  ]);
  expect(lossesOf(talkers)).toEqual(['overflow', 'overflow', 'overflow']);
});

test('bursts lose many messages in a row, and then none for long', async () => {
  const burstyLoss = { goodCountMean: 90, badCountMean: 10, goodLossRate: 0, badLossRate: 1 };
  const talkers = new Talkers(['a', 'b'], { network: { burstyLoss } });
  await sayThousand(talkers);
  const arrived = new Set(numbersOf(talkers));
  const isLost = Array.from({ length: 1_000 }, (_, index) => !arrived.has(index));
  const lostCount = isLost.filter((lost) => lost).length;
  const burstCount = isLost.filter((lost, index) => lost && isLost[index - 1] !== true).length;
  // Independent loss of as many would be in bursts of 1.1 messages.
  expect(lostCount).toBeGreaterThan(30);
  expect(lostCount / burstCount).toBeGreaterThan(4);
  expect(new Set(lossesOf(talkers))).toEqual(new Set(['burst']));
});

test('a checksum catches flipped bits: the message is lost', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { damageRate: 0.2 } });
  await sayThousand(talkers);
  const losses = lossesOf(talkers);
  expect(losses.length).toBeGreaterThan(150);
  expect(losses.length).toBeLessThan(250);
  expect(new Set(losses)).toEqual(new Set(['damage']));
  const words = new Set(Array.from({ length: 1_000 }, (_, index) => String(index)));
  for (const { text } of talkers.heard) expect(words).toContain(text);
});

test('flipped bits are delivered to those who ask for it, and the trace shows them', async () => {
  const network = { damageRate: 0.2, damaged: 'delivered' } as const;
  const talkers = new Talkers(['a', 'b'], { network });
  await talkers.simulation.run(100);
  for (let index = 0; index < 1_000; index += 1) talkers.say('a', 'b', 'hello');
  talkers.say('a', 'b', '');
  await talkers.simulation.run(1_000);
  const damaged = talkers.heard.filter(({ text }) => text !== 'hello' && text !== '');
  expect(damaged.length).toBeGreaterThan(150);
  expect(damaged.length).toBeLessThan(250);
  const marksOf = (wanted: string): readonly number[] =>
    talkers.simulation.trace
      .lines()
      .filter(({ kind }) => kind === wanted)
      .map(({ mark }) => mark);
  const [hello] = marksOf('send');
  const otherMarks = marksOf('deliver').filter((mark) => mark !== hello);
  expect(otherMarks.length).toBeGreaterThanOrEqual(damaged.length);
});

test('nothing is left to flip in an empty message: it is lost', async () => {
  const talkers = new Talkers(['a', 'b'], { network: { damageRate: 1, damaged: 'delivered' } });
  await talkers.simulation.run(100);
  talkers.say('a', 'b', '');
  await talkers.simulation.run(100);
  expect(lossesOf(talkers)).toEqual(['damage']);
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
