import { expect } from 'vitest';

import type { Decision } from '../decision.ts';
import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../policy.ts';
import type { Check, RateLimitStore } from '../store.ts';
import type { RateLimitStoreFixture } from './index.ts';

/** Declares the test of one clause. */
export type Clause = (
  title: string,
  body: (fixture: RateLimitStoreFixture) => Promise<void>,
) => void;

/** One policy of each kind, of 5 in a second; the third of a second is no whole number. */
export const fivePerSecond: readonly RatePolicy[] = [
  gcra({ name: 'g', limit: 5, windowMs: 1_000 }),
  gcra({ name: 'g2', limit: 3, windowMs: 1_000, burst: 5 }),
  tokenBucket({ name: 't', limit: 3, windowMs: 1_000, burst: 5 }),
  fixedWindow({ name: 'f', limit: 5, windowMs: 1_000, anchor: 'firstRequest' }),
  fixedWindow({ name: 'a', limit: 5, windowMs: 1_000 }),
  slidingWindowLog({ name: 'l', limit: 5, windowMs: 1_000 }),
  slidingWindowCounter({ name: 'c', limit: 5, windowMs: 1_000 }),
];

/** Takes under one policy. */
export async function takeOne(
  store: RateLimitStore,
  policy: RatePolicy,
  { key = 'k', cost = 1, ...rest }: Partial<Omit<Check, 'policy'>> = {},
): Promise<Decision> {
  const { decisions } = await store.take([{ key, policy, cost, ...rest }]);
  expect(decisions).toHaveLength(1);
  const [decision] = decisions;
  if (decision === undefined) throw new RangeError('decisions: expected one, got none');
  return decision;
}

/** Takes under one policy, which must admit it; what names the charge. */
export async function chargeOf(
  store: RateLimitStore,
  policy: RatePolicy,
  cost: number,
): Promise<string> {
  const { decisions, chargeId } = await store.take([{ key: 'k', policy, cost }]);
  expect(decisions.map(({ kind }) => kind)).toEqual(['admitted']);
  if (chargeId === undefined) throw new RangeError('chargeId: expected one, got none');
  return chargeId;
}

/** What is left for `key`, without taking any of it. */
export async function remainingOf(
  store: RateLimitStore,
  policy: RatePolicy,
  key = 'k',
): Promise<number> {
  return (await takeOne(store, policy, { key, cost: 0 })).remaining;
}

/** How long a decision says to wait; it must be limited. */
export function waitOf(decision: Decision): number {
  if (decision.kind === 'limited') return decision.retryAfterMs;
  throw new RangeError(`decision: expected a limited one, got ${JSON.stringify(decision)}`);
}
