import { gcra } from '@quorate/rate-limiter';
import { LeasedStore, RedisStore } from '@quorate/rate-limiter/redis';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import { RedisServer } from '../resilience/redis-server.ts';
import type { BenchCase, Contender, Metric, Sample, Suite } from '../suite.ts';

const KEYS = 10_000;

/** Leases pay for keys that are asked for often. */
const BUSY_KEYS = 100;

const RUN_MS = 2_000;

/** So much that nobody is limited: what is measured is admitting. */
const LIMIT = 1_000_000_000;
const WINDOW_MS = 60_000;

/** Time of this process per decision tells more than their rate where a machine is shared. */
const metrics: readonly Metric[] = [
  { name: 'decisions', unit: '/s', better: 'higher' },
  { name: 'CPU of the client', unit: 'us', better: 'lower' },
];

/** What callers do: how many there are, and over how many keys they go. */
interface Load {
  readonly callerCount: number;
  readonly keyCount: number;
}

const names: readonly string[] = Array.from({ length: KEYS }, (_, index) => `user:${index}`);

interface Taker {
  readonly take: (key: string) => Promise<unknown>;
  readonly close: () => Promise<void> | void;
}

/** What callers get, each of which asks again when it was answered. */
async function measure({ take }: Taker, { callerCount, keyCount }: Load): Promise<Sample> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let doneCount = 0;
  const callers = Array.from({ length: callerCount }, async (_, caller) => {
    let place = caller * 97;
    while (performance.now() - startedAt < RUN_MS) {
      await take(names[place % keyCount] ?? '');
      place += 1;
      doneCount += 1;
      // Answers from memory never let the loop turn.
      if (doneCount % 1_024 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
  await Promise.all(callers);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { decisions: doneCount / seconds, 'CPU of the client': (user + system) / doneCount };
}

/** One server and one connection for all runs of a contender. */
function contender(name: string, load: Load, open: (client: Redis) => Taker): Contender {
  let server: RedisServer | undefined;
  let client: Redis | undefined;
  let taker: Taker | undefined;
  return {
    name,
    async setUp() {
      server = await RedisServer.start();
      client = new Redis({ port: server.port, autoResendUnfulfilledCommands: false });
      taker = open(client);
    },
    run() {
      if (taker === undefined) throw new Error('expected a contender that was set up');
      return measure(taker, load);
    },
    async tearDown() {
      await taker?.close();
      client?.disconnect();
      await server?.stop();
    },
  };
}

const policy = gcra({ limit: LIMIT, windowMs: WINDOW_MS });

/** Of a limit that divides its window, as most do: its state is one number. */
const wholePolicy = gcra({ name: 'whole', limit: 60_000_000, windowMs: WINDOW_MS });

/** Its peer names no charge either. */
const forGood = { refundable: false };

function exact(client: Redis): Taker {
  const store = new RedisStore({ client });
  const take = (key: string) => store.take([{ key, policy: wholePolicy, cost: 1 }], forGood);
  return { take, close: () => {} };
}

function uneven(client: Redis): Taker {
  const store = new RedisStore({ client });
  const take = (key: string) => store.take([{ key, policy, cost: 1 }], forGood);
  return { take, close: () => {} };
}

function leased(client: Redis): Taker {
  const store = new LeasedStore({ store: new RedisStore({ client }), shareMax: 500 });
  return {
    take: (key) => store.take([{ key, policy: wholePolicy, cost: 1 }], forGood),
    close: () => store.close(),
  };
}

function flexible(client: Redis): Taker {
  const limiter = new RateLimiterRedis({
    storeClient: client,
    points: LIMIT,
    duration: WINDOW_MS / 1_000,
  });
  return { take: (key) => limiter.consume(key), close: () => {} };
}

function caseOf(title: string, load: Load, open: (client: Redis) => Taker): BenchCase {
  const { callerCount, keyCount } = load;
  return {
    name: `${title}, ${keyCount} keys, callers: ${callerCount}`,
    metrics,
    ours: contender('RedisStore', load, open),
    peers: [contender('rate-limiter-flexible 11.4', load, flexible)],
  };
}

/** Decisions of one process over Redis, with ioredis for both. */
export const suite: Suite = {
  name: 'rate-limiter-redis',
  description: 'How many decisions does one process get from Redis in a second?',
  cases: [
    caseOf('GCRA', { callerCount: 1, keyCount: KEYS }, exact),
    caseOf('GCRA', { callerCount: 64, keyCount: KEYS }, exact),
    caseOf('GCRA of a fractional step', { callerCount: 64, keyCount: KEYS }, uneven),
    caseOf('leased', { callerCount: 1, keyCount: BUSY_KEYS }, leased),
    caseOf('leased', { callerCount: 64, keyCount: BUSY_KEYS }, leased),
  ],
};
