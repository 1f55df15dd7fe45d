import { coarseClock, gcra, RateLimiter } from '@quorate/rate-limiter';
import { MemoryStore as ExpressStore, type Options } from 'express-rate-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';

import { usedBytes } from '../groups/memory.ts';
import {
  awaitedContender,
  burstContender,
  nsPerAwait,
  syncContender,
} from '../resilience/awaited.ts';
import type { BenchCase, Contender, Sample, Suite } from '../suite.ts';

/** So much that nobody is limited while the cost of admitting is measured. */
const LIMIT = 1_000_000_000;
const WINDOW_MS = 60_000;
const KEYS = 1_000_000;

/** For many keys: none has rested, and may be forgotten, before the last has come. */
const A_DAY = { limit: 1_000, windowMs: 86_400_000 };

function expressStore(windowMs: number): ExpressStore {
  const store = new ExpressStore();
  // Of all the options a store is given it reads this one.
  store.init({ windowMs } as Options);
  return store;
}

const flexible = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_MS / 1_000 });
const express = expressStore(WINDOW_MS);
const one = new RateLimiter({ policy: gcra({ limit: LIMIT, windowMs: WINDOW_MS }) });
const times = { nowMs: 0 };

const peers = [
  awaitedContender('express-rate-limit 8.7', () => express.increment('alice')),
  awaitedContender('rate-limiter-flexible 11.4', () => flexible.consume('alice')),
];

const ownClock: BenchCase = {
  name: 'admitted, 1 key, own clock',
  metrics: [nsPerAwait],
  ours: syncContender('take', () => one.take('alice')),
  peers,
};

const callersClock: BenchCase = {
  name: "admitted, 1 key, the caller's clock",
  metrics: [nsPerAwait],
  ours: syncContender('take with nowMs', () => {
    times.nowMs += 0.001;
    return one.take('alice', times);
  }),
  peers,
};

const yesOrNo: BenchCase = {
  name: 'yes or no, 1 key, own clock',
  metrics: [nsPerAwait],
  ours: syncContender('admit', () => one.admit('alice')),
  peers,
};

const yesOrNoCallers: BenchCase = {
  name: "yes or no, 1 key, the caller's clock",
  metrics: [nsPerAwait],
  ours: syncContender('admit with nowMs', () => {
    times.nowMs += 0.001;
    return one.admit('alice', times);
  }),
  peers,
};

const coarse = new RateLimiter({
  policy: gcra({ limit: LIMIT, windowMs: WINDOW_MS }),
  clock: coarseClock(),
});

const coarseTake: BenchCase = {
  name: 'admitted, 1 key, coarse clock',
  metrics: [nsPerAwait],
  ours: burstContender('take, 1,000 a turn', () => coarse.take('alice')),
  peers,
};

const coarseAdmit: BenchCase = {
  name: 'yes or no, 1 key, coarse clock',
  metrics: [nsPerAwait],
  ours: burstContender('admit, 1,000 a turn', () => coarse.admit('alice')),
  peers,
};

const stock = one.forKey('stock-api');
const stockTimes = { nowMs: 0 };

const oneKeyCallers: BenchCase = {
  name: "one key by itself, the caller's clock",
  metrics: [nsPerAwait],
  ours: syncContender('forKey, admitAt', () => {
    stockTimes.nowMs += 0.001;
    return stock.admitAt(stockTimes.nowMs);
  }),
  peers,
};

const coarseStock = coarse.forKey('stock-api');

const oneKeyCoarse: BenchCase = {
  name: 'one key by itself, coarse clock',
  metrics: [nsPerAwait],
  ours: burstContender('forKey, admit, 1,000 a turn', () => coarseStock.admit()),
  peers,
};

const oneKeyTake: BenchCase = {
  name: 'one key by itself, admitted, coarse clock',
  metrics: [nsPerAwait],
  ours: burstContender('forKey, take, 1,000 a turn', () => coarseStock.take()),
  peers,
};

const scarce = new RateLimiter({ policy: gcra({ limit: 1, windowMs: 3_600_000 }) });
const scarceFlexible = new RateLimiterMemory({ points: 1, duration: 3_600 });

const limited: BenchCase = {
  name: 'limited, 1 key',
  metrics: [nsPerAwait],
  ours: syncContender('take', () => scarce.take('alice')),
  peers: [
    awaitedContender('rate-limiter-flexible 11.4', () =>
      scarceFlexible.consume('alice').catch((refusal: unknown) => refusal),
    ),
  ],
};

/** Names made before anything is measured: whoever keeps one keeps the same string. */
const names: readonly string[] = Array.from({ length: KEYS }, (_, index) => `user:${index}`);

interface Keyed {
  readonly take: (key: string) => unknown;
  readonly close: () => void;
}

/** A million keys, each for the first time, then each again in another order. */
function manyKeys(name: string, open: () => Keyed): Contender {
  const run = async (): Promise<Sample> => {
    const before = usedBytes();
    const { take, close } = open();
    const startedAt = performance.now();
    for (const key of names) await take(key);
    const firstMs = performance.now() - startedAt;
    const bytes = usedBytes() - before;
    const againAt = performance.now();
    for (let place = 0; place < KEYS; place += 1) {
      await take(names[(place * 7_919) % KEYS] ?? '');
    }
    const secondMs = performance.now() - againAt;
    close();
    return {
      'first time': (firstMs / KEYS) * 1_000_000,
      'second time': (secondMs / KEYS) * 1_000_000,
      memory: bytes / KEYS,
    };
  };
  return { name, run };
}

function openOurs(): Keyed {
  const limiter = new RateLimiter({ policy: gcra(A_DAY), memory: { maxKeys: KEYS } });
  return { take: (key) => limiter.take(key), close: () => undefined };
}

function openExpress(): Keyed {
  const store = expressStore(A_DAY.windowMs);
  return { take: (key) => store.increment(key), close: () => store.shutdown() };
}

function openFlexible(): Keyed {
  const { limit: points, windowMs } = A_DAY;
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
  return { take: (key) => limiter.consume(key), close: () => undefined };
}

const keys: BenchCase = {
  name: 'a million keys, each awaited',
  metrics: [
    { name: 'first time', unit: 'ns', better: 'lower' },
    { name: 'second time', unit: 'ns', better: 'lower' },
    { name: 'memory', unit: 'B a key', better: 'lower' },
  ],
  runs: 3,
  ours: manyKeys('take', openOurs),
  peers: [
    manyKeys('express-rate-limit 8.7', openExpress),
    manyKeys('rate-limiter-flexible 11.4', openFlexible),
  ],
};

/** The longest of a million calls, each with a key that comes for the first time. */
function longestCall(name: string, open: () => Keyed): Contender {
  const run = async (): Promise<Sample> => {
    const { take, close } = open();
    let longestMs = 0;
    let beforeMs = performance.now();
    for (const key of names) {
      await take(key);
      const nowMs = performance.now();
      longestMs = Math.max(longestMs, nowMs - beforeMs);
      beforeMs = nowMs;
    }
    close();
    return { 'longest call': longestMs };
  };
  return { name, run };
}

const pauses: BenchCase = {
  name: 'a million keys for the first time',
  metrics: [{ name: 'longest call', unit: 'ms', better: 'lower' }],
  runs: 3,
  ours: longestCall('take', openOurs),
  peers: [
    longestCall('express-rate-limit 8.7', openExpress),
    longestCall('rate-limiter-flexible 11.4', openFlexible),
  ],
};

/** Decisions in this process. Ours needs no await; the peers answer with promises. */
export const suite: Suite = {
  name: 'rate-limiter',
  description: 'What does a decision cost, in time and memory, beside what Express services use?',
  cases: [
    ownClock,
    callersClock,
    coarseTake,
    yesOrNo,
    yesOrNoCallers,
    coarseAdmit,
    oneKeyCallers,
    oneKeyCoarse,
    oneKeyTake,
    limited,
    keys,
    pauses,
  ],
};
