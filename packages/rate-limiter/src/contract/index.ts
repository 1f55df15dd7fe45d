/**
 * What every store of rate limits must do, as a test suite.
 *
 * @packageDocumentation
 */
import { afterEach, describe, test } from 'vitest';

import type { RateLimitStore } from '../store.ts';
import { describeAgreement } from './agreement.ts';
import { describeAtomicity } from './atomicity.ts';
import { describeInput } from './input.ts';
import { describeLimits } from './limits.ts';
import { describeRefunds } from './refunds.ts';

/** A store to test, and its time. */
export interface RateLimitStoreFixture {
  /** An empty store. */
  readonly store: RateLimitStore;
  /** The store's time in milliseconds. It stands still but for `advance`. */
  readonly nowMs: () => number;
  /** Lets the store's time pass. */
  readonly advance: (byMs: number) => void | Promise<void>;
  /** Releases what the fixture holds. */
  readonly tearDown?: () => Promise<void>;
}

/**
 * Declares the tests of the `RateLimitStore` contract. Call it in a test file of each store.
 *
 * @param name - Names the store in the titles.
 * @param createFixture - Called once for each test.
 *
 * @example
 * ```ts
 * import { createMemoryRateLimitStore } from '@quorate/rate-limiter';
 * import { describeRateLimitStore } from '@quorate/rate-limiter/contract';
 *
 * describeRateLimitStore('memory', async () => {
 *   let nowMs = 1_000;
 *   const store = createMemoryRateLimitStore({ nowMs: () => nowMs });
 *   return { store, nowMs: () => nowMs, advance: (byMs) => void (nowMs += byMs) };
 * });
 * ```
 */
export function describeRateLimitStore(
  name: string,
  createFixture: () => Promise<RateLimitStoreFixture>,
): void {
  let fixture: RateLimitStoreFixture | undefined;

  const clause = (title: string, body: (fixture: RateLimitStoreFixture) => Promise<void>): void => {
    test(title, async () => {
      fixture = await createFixture();
      await body(fixture);
    });
  };

  describe(`RateLimitStore contract: ${name}`, () => {
    afterEach(async () => {
      await fixture?.store.close();
      await fixture?.tearDown?.();
      fixture = undefined;
    });
    describeLimits(clause);
    describeAtomicity(clause);
    describeRefunds(clause);
    describeInput(clause);
    describeAgreement(clause);
  });
}
