import { gcra, type RatePolicy } from '@quorate/rate-limiter';

import { openCluster } from '../limiter/cluster-limits.ts';
import type { LimitStore, OpenLimitStore } from '../limiter/limit-store.ts';
import { openFlexible, openLeasedStore, openRedisStore } from '../limiter/redis-limits.ts';
import type { BenchCase, Contender, Sample, Suite } from '../suite.ts';

interface Workload {
  readonly policy: RatePolicy;
  /** Who wait for their decisions one after the other, all at the same time. */
  readonly callers: number;
  readonly decisions: number;
  /** The key of the decision of this number, which rises over all runs. */
  readonly keyOf: (number: number) => string;
}

/** What is measured: each of `callers` asks again once it has its answer. */
async function measure(store: LimitStore, workload: Workload, first: number): Promise<Sample> {
  const { callers, decisions, keyOf } = workload;
  let asked = 0;
  const call = async (): Promise<void> => {
    while (asked < decisions) {
      asked += 1;
      await store.decide(keyOf(first + asked));
    }
  };
  const tripsBefore = store.roundTrips();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - startedAt) / 1_000;
  const trips = store.roundTrips() - tripsBefore;
  return {
    decisions: decisions / seconds,
    // A run that needs none counts as one.
    'round trips': (Math.max(1, trips) / decisions) * 1_000,
  };
}

/** A store that is opened once, and measured again and again. */
function contender(name: string, open: OpenLimitStore, workload: Workload): Contender {
  let store: LimitStore | undefined;
  let first = 0;
  return {
    name,
    setUp: async () => {
      store = await open(workload.policy);
    },
    run: () => {
      if (store === undefined) throw new Error('expected a store, got none');
      first += workload.decisions;
      return measure(store, workload, first);
    },
    tearDown: () => store?.close(),
  };
}

function benchCase(name: string, workload: Workload): BenchCase {
  return {
    name,
    metrics: [
      { name: 'decisions', unit: 'decisions/s', better: 'higher' },
      { name: 'round trips', unit: 'per 1,000 decisions', better: 'lower' },
    ],
    ours: contender('ClusterStore over TCP', openCluster, workload),
    peers: [
      contender('rate-limiter-flexible 11.4, Redis', openFlexible, workload),
      contender('RedisStore', openRedisStore, workload),
      contender('LeasedStore over RedisStore', openLeasedStore, workload),
    ],
  };
}

/** Above what anybody here decides, and so small that leases are asked for again and again. */
const busy = gcra({ name: 'api', limit: 2_000_000, windowMs: 1_000 });

/** A limit as services have for each of their users. */
const perUser = gcra({ name: 'user', limit: 1_000, windowMs: 60_000 });

const users: readonly string[] = Array.from({ length: 10_000 }, (_, index) => `user:${index}`);

/** Limits between processes. Every key of ours is owned by the other process. */
export const suite: Suite = {
  name: 'rate-limiter-cluster',
  description: 'What does a decision cost that processes share, beside Redis on the same machine?',
  cases: [
    benchCase('1 key, 1 caller', {
      policy: busy,
      callers: 1,
      decisions: 20_000,
      keyOf: () => 'api',
    }),
    benchCase('1 key, 64 callers', {
      policy: busy,
      callers: 64,
      decisions: 100_000,
      keyOf: () => 'api',
    }),
    benchCase('10,000 keys, 64 callers', {
      policy: perUser,
      callers: 64,
      decisions: 100_000,
      keyOf: (number) => users[(number * 7_919) % users.length] ?? '',
    }),
    benchCase('a new key each time, 64 callers', {
      policy: perUser,
      callers: 64,
      decisions: 20_000,
      keyOf: (number) => `user:${number}`,
    }),
  ],
};
