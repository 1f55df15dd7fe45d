import { gcra } from '@quorate/rate-limiter';
import { LeasedStore, RedisStore } from '@quorate/rate-limiter/redis';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import { RedisServer } from '../resilience/redis-server.ts';
import type { BenchCase, Contender, Metric, Suite } from '../suite.ts';

const KEYS = 10_000;
const RUN_MS = 2_000;

/** So much that nobody is limited: what is measured is admitting. */
const LIMIT = 1_000_000_000;
const WINDOW_MS = 60_000;

const decisions: Metric = { name: 'decisions', unit: '/s', better: 'higher' };

const names: readonly string[] = Array.from({ length: KEYS }, (_, index) => `user:${index}`);

interface Taker {
  readonly take: (key: string) => Promise<unknown>;
  readonly close: () => Promise<void> | void;
}

/** How many decisions so many callers get in a second, each of which asks when it was answered. */
async function measure({ take }: Taker, callerCount: number): Promise<number> {
  const startedAt = performance.now();
  let doneCount = 0;
  const callers = Array.from({ length: callerCount }, async (_, caller) => {
    let place = caller * 97;
    while (performance.now() - startedAt < RUN_MS) {
      await take(names[place % KEYS] ?? '');
      place += 1;
      doneCount += 1;
      // Answers from memory never let the loop turn.
      if (doneCount % 1_024 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
  await Promise.all(callers);
  return (doneCount / (performance.now() - startedAt)) * 1_000;
}

/** One server and one connection for all runs of a contender. */
function contender(name: string, callerCount: number, open: (client: Redis) => Taker): Contender {
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
    async run() {
      if (taker === undefined) throw new Error('expected a contender that was set up');
      return { [decisions.name]: await measure(taker, callerCount) };
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

function exact(client: Redis): Taker {
  const store = new RedisStore({ client });
  return { take: (key) => store.take([{ key, policy: wholePolicy, cost: 1 }]), close: () => {} };
}

function uneven(client: Redis): Taker {
  const store = new RedisStore({ client });
  return { take: (key) => store.take([{ key, policy, cost: 1 }]), close: () => {} };
}

function leased(client: Redis): Taker {
  const store = new LeasedStore({ store: new RedisStore({ client }), shareMax: 500 });
  return {
    take: (key) => store.take([{ key, policy: wholePolicy, cost: 1 }]),
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

function caseOf(title: string, callerCount: number, open: (client: Redis) => Taker): BenchCase {
  return {
    name: `${title}, ${callerCount} caller${callerCount === 1 ? '' : 's'}`,
    metrics: [decisions],
    ours: contender('RedisStore', callerCount, open),
    peers: [contender('rate-limiter-flexible 11.4', callerCount, flexible)],
  };
}

/** Decisions of one process over Redis, with ioredis for both. */
export const suite: Suite = {
  name: 'rate-limiter-redis',
  description: 'How many decisions does one process get from Redis in a second?',
  cases: [
    caseOf('GCRA', 1, exact),
    caseOf('GCRA', 64, exact),
    caseOf('GCRA of a fractional step', 64, uneven),
    caseOf('leased', 1, leased),
    caseOf('leased', 64, leased),
  ],
};
