import { type Appender, openLog, openSyncEach, openSyncEachAtOnce } from '../storage/appenders.ts';
import { recovery } from '../storage/recovery.ts';
import { type BenchCase, type Contender, constantPeer, type Sample, type Suite } from '../suite.ts';

const payload = new Uint8Array(256).fill(0x61);
const CONCURRENT = 64;
const GIB = 1_024 * 1_024 * 1_024;

/** Opens an appender once, and measures on it again and again. */
function contender(
  name: string,
  open: () => Promise<Appender>,
  measure: (appender: Appender) => Promise<Sample>,
): Contender {
  let appender: Appender | undefined;
  return {
    name,
    setUp: async () => {
      appender = await open();
    },
    run: () => {
      if (appender === undefined) throw new Error('expected an appender, got none');
      return measure(appender);
    },
    tearDown: () => appender?.close(),
  };
}

/** 64 callers, each of which appends again as soon as its last append is durable. */
async function throughput(appender: Appender): Promise<Sample> {
  const forMs = 500;
  const startedAt = performance.now();
  let count = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < forMs) {
      await appender.append(payload);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, caller));
  return { throughput: (count / (performance.now() - startedAt)) * 1_000 };
}

async function latency(appender: Appender): Promise<Sample> {
  const tookMs: number[] = [];
  for (let count = 0; count < 1_000; count += 1) {
    const startedAt = performance.now();
    await appender.append(payload);
    tookMs.push(performance.now() - startedAt);
  }
  tookMs.sort((left, right) => left - right);
  const at = (share: number): number => (tookMs[Math.floor(tookMs.length * share)] ?? NaN) * 1_000;
  return { p50: at(0.5), p99: at(0.99) };
}

const many: BenchCase = {
  name: '64 concurrent appends of 256 B',
  metrics: [{ name: 'throughput', unit: 'appends/s', better: 'higher' }],
  ours: contender('WriteAheadLog', openLog, throughput),
  peers: [
    contender('node:fs, write and fdatasync each', openSyncEach, throughput),
    contender('node:fs, the same, at once in the pool', openSyncEachAtOnce, throughput),
  ],
};

const one: BenchCase = {
  name: '1 append of 256 B at a time',
  metrics: [
    { name: 'p50', unit: 'us', better: 'lower' },
    { name: 'p99', unit: 'us', better: 'lower' },
  ],
  ours: contender('WriteAheadLog', openLog, latency),
  peers: [contender('node:fs, write and fdatasync each', openSyncEach, latency)],
};

const recoveryMetrics: BenchCase['metrics'] = [
  { name: 'time', unit: 's', better: 'lower' },
  { name: 'peak RSS', unit: 'MiB', better: 'lower' },
];

const opening: BenchCase = {
  name: 'open a log of 1 GiB',
  metrics: recoveryMetrics,
  ours: recovery('open, every byte verified', 'open', GIB),
  peers: [
    recovery('node:fs, the same files read once', 'read files', GIB),
    constantPeer('goal', { time: 10, 'peak RSS': 256 }),
  ],
  runs: 3,
  warmUpRuns: 1,
};

const streaming: BenchCase = {
  ...opening,
  name: 'open a log of 1 GiB and stream its entries',
  ours: recovery('open, then entries()', 'open and stream', GIB),
};

/** What durability costs beside the least that a program can do, and how fast it is regained. */
export const suite: Suite = {
  name: 'storage',
  description: 'Appends to the write-ahead log over bare fdatasync, and recovery of a large log.',
  cases: [many, one, opening, streaming],
};
