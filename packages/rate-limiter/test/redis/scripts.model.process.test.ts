/**
 * Goal: every script does, call for call, what its core does. Method: random requests of all kinds
 * go to a real Redis whose clock the test sets, and to a model made of the cores; time goes on in
 * small and large steps, stands still, and goes back. First one after the other; then from 64
 * callers at once.
 */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../../src/policy.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import type { Check } from '../../src/store.ts';
import { type ModelCharge, ModelStore } from '../support/model-store.ts';
import { ioredisTo } from '../support/redis-clients.ts';
import { redisIsMissing, RedisServer } from '../support/redis-server.ts';
import { type ClockedClient, withServerClock } from '../support/server-clock.ts';

const startUs = 1_764_000_000_123_457;
const hourUs = 3_600_000_000;

/** Policies of one kind; those of one name follow one another, as when limits change. */
const kinds: Readonly<Record<string, readonly RatePolicy[]>> = {
  gcra: [
    gcra({ name: 'p', limit: 60, windowMs: 60_000, burst: 5 }),
    gcra({ name: 'p', limit: 7, windowMs: 1_000.001, burst: 11 }),
    gcra({ name: 'p', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
  ],
  tokenBucket: [
    tokenBucket({ name: 'p', limit: 60, windowMs: 60_000, burst: 5 }),
    tokenBucket({ name: 'p', limit: 7, windowMs: 1_000.001, burst: 11 }),
    tokenBucket({ name: 'p', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
  ],
  'fixedWindow from the first request': [
    fixedWindow({ name: 'p', limit: 7, windowMs: 333.333, anchor: 'firstRequest' }),
    fixedWindow({ name: 'p', limit: 5, windowMs: 60_000, anchor: 'firstRequest' }),
  ],
  'fixedWindow aligned': [
    fixedWindow({ name: 'p', limit: 7, windowMs: 333.333 }),
    fixedWindow({ name: 'p', limit: 5, windowMs: 60_000 }),
  ],
  // A log remembers for what limit it was made, the core's ring even its room: one policy a name.
  slidingWindowLog: [
    slidingWindowLog({ name: 'p', limit: 5, windowMs: 1_000 }),
    slidingWindowLog({ name: 'q', limit: 40, windowMs: 60_000 }),
  ],
  slidingWindowCounter: [
    slidingWindowCounter({ name: 'p', limit: 7, windowMs: 333.333 }),
    slidingWindowCounter({ name: 'p', limit: 2 ** 31 - 1, windowMs: 399 * 86_400_000 }),
  ],
};

type Step =
  | { readonly kind: 'take'; readonly checks: readonly Check[] }
  | { readonly kind: 'pass'; readonly byUs: number }
  | { readonly kind: 'refund'; readonly index: number }
  | {
      readonly kind: 'block';
      readonly key: string;
      readonly policy: RatePolicy;
      readonly ms: number;
    }
  | { readonly kind: 'reset'; readonly key: string; readonly policy: RatePolicy };

const key = fc.constantFrom('a', 'b');

function checkOf(policies: readonly RatePolicy[]): fc.Arbitrary<Check> {
  return fc.constantFrom(...policies).chain((policy) => {
    const most = 'burst' in policy ? policy.burst : policy.limit;
    const cost = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: Math.min(most, 4) }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: most }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 31 - 1 }) },
    );
    const headroom = fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: most }) },
    );
    const mode = fc.constantFrom('enforce', 'enforce', 'shadow' as const);
    return fc.record({ key, policy: fc.constant(policy), cost, headroom, mode });
  });
}

function passOf(policies: readonly RatePolicy[]): fc.Arbitrary<Step> {
  const windows = policies.map(({ windowMs }) => Math.round(windowMs * 1_000));
  const byUs = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...windows).chain((us) => fc.nat(Math.min(us, 1e10))) },
    { weight: 2, arbitrary: fc.nat(1_000) },
    { weight: 1, arbitrary: fc.constantFrom(-hourUs, hourUs, -10 * hourUs, -1_000_000, -1, 1) },
    { weight: 1, arbitrary: fc.integer({ min: -2_000_000, max: 2_000_000 }) },
  );
  return byUs.map((us) => ({ kind: 'pass', byUs: us }));
}

function stepsOf(policies: readonly RatePolicy[]): fc.Arbitrary<readonly Step[]> {
  const check = checkOf(policies);
  const isSame = (left: Check, right: Check): boolean =>
    left.key === right.key &&
    left.policy.kind === right.policy.kind &&
    left.policy.name === right.policy.name;
  const checks = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(check) },
    {
      weight: 2,
      arbitrary: fc.uniqueArray(check, { comparator: isSame, minLength: 1, maxLength: 4 }),
    },
  );
  const policy = fc.constantFrom(...policies);
  const ms = fc.constantFrom(0, 0.001, 500, 60_000);
  return fc.array(
    fc.oneof(
      { weight: 12, arbitrary: checks.map((some): Step => ({ kind: 'take', checks: some })) },
      { weight: 6, arbitrary: passOf(policies) },
      { weight: 3, arbitrary: fc.nat(20).map((index): Step => ({ kind: 'refund', index })) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), key, policy, ms }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), key, policy }) },
    ),
    { maxLength: 60, size: 'max' },
  );
}

describe.skipIf(redisIsMissing)('the scripts', () => {
  let server: RedisServer;
  let redis: Redis;
  let client: ClockedClient;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = ioredisTo(server.port);
    client = withServerClock(redis);
  });

  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** Carries out `steps` in Redis and in the model, and compares each decision. */
  async function compare(steps: readonly Step[]): Promise<void> {
    await redis.flushall();
    const [store, model] = [new RedisStore({ client }), new ModelStore()];
    const charges: { readonly id: string; readonly charge: ModelCharge }[] = [];
    let nowUs = startUs;
    await client.setNowUs(nowUs);
    for (const [index, step] of steps.entries()) {
      const title = `step ${index}: ${JSON.stringify(step)}`;
      switch (step.kind) {
        case 'take': {
          const expected = model.take(step.checks, nowUs);
          const verdict = await store.take(step.checks);
          expect(verdict.decisions, title).toEqual(expected.decisions);
          expect(verdict.chargeId !== undefined, title).toBe(expected.charge !== undefined);
          const { chargeId: id } = verdict;
          if (id !== undefined && expected.charge) charges.push({ id, charge: expected.charge });
          break;
        }
        case 'pass':
          nowUs += step.byUs;
          await client.setNowUs(nowUs);
          break;
        case 'refund': {
          const charged = charges.at(-1 - step.index);
          if (charged === undefined) break;
          model.refund(charged.charge, nowUs);
          await store.refund(charged.id);
          break;
        }
        case 'block':
          model.block(step.key, step.policy, step.ms, nowUs);
          await store.block(step.key, step.policy, step.ms);
          break;
        case 'reset':
          model.reset(step.key, step.policy);
          await store.reset(step.key, step.policy);
          break;
      }
    }
    // Whatever happened, nothing stays for ever.
    for (const name of await redis.keys('quorate:*')) {
      expect(await redis.pttl(name), name).not.toBe(-1);
    }
  }

  const everything = Object.values(kinds).flat();
  test.each([...Object.entries(kinds), ['all kinds in one decision', everything] as const])(
    '%s: decide, refund, block and forget as the core does',
    async (_title, policies) => {
      await fc.assert(fc.asyncProperty(stepsOf(policies), compare), { numRuns: 100 });
    },
  );

  // On one connection Redis runs them in the order in which they were sent: so does the model.
  test.each([...Object.entries(kinds), ['all kinds in one decision', everything] as const])(
    '%s: 64 callers at once are decided one by one, as the core does',
    async (_title, policies) => {
      await redis.flushall();
      const [store, model] = [new RedisStore({ client }), new ModelStore()];
      const steps = fc.sample(stepsOf(policies), { numRuns: 200, seed: 7 }).flat();
      const requests = steps.flatMap((step) => (step.kind === 'take' ? [step.checks] : []));
      const pauses = steps.flatMap((step) => (step.kind === 'pass' ? [step.byUs] : []));
      let nowUs = startUs;
      await client.setNowUs(nowUs);
      // Each script is known before it matters in which order they come.
      const single = everything.map((policy) => [{ key: 'warm', policy, cost: 1 }]);
      for (const checks of [
        ...single,
        ...single.map(([check]) => [check!, { ...check!, key: '' }]),
      ]) {
        await store.take(checks);
        model.take(checks, nowUs);
      }
      for (let round = 0; (round + 1) * 64 <= Math.min(requests.length, 2_048); round += 1) {
        const crowd = requests.slice(round * 64, (round + 1) * 64);
        const expected = crowd.map((checks) => model.take(checks, nowUs).decisions);
        const verdicts = await Promise.all(crowd.map((checks) => store.take(checks)));
        expect(verdicts.map(({ decisions }) => decisions)).toEqual(expected);
        nowUs += pauses[round] ?? 0;
        await client.setNowUs(nowUs);
      }
    },
  );
});
