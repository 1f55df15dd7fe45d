import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { bindingDecision } from './binding-decision.ts';
import { assertChecks } from './checks.ts';
import type { Decision } from './decision.ts';
import { RateLimiterClosedError, StoreLateError } from './errors.ts';
import { LocalShare } from './local-share.ts';
import type { MemoryStoreOptions } from './memory-store.ts';
import type { RatePolicy } from './policy.ts';
import type { Check, RateLimitStore, StoreTakeOptions, Verdict } from './store.ts';
import { DeadlineLine } from './waiting/deadline-line.ts';

/**
 * What is decided when the store cannot be asked: `'open'` admits, `'closed'` limits, `'local'`
 * lets each process admit its share of the limit by itself.
 */
export type StoreFailurePolicy = 'open' | 'closed' | 'local';

/**
 * Keeps a limiter from asking a store that is known to be down. A circuit breaker fits:
 * `tryAcquire` of `@quorate/circuit-breaker` with its permit wrapped.
 */
export interface StoreGuard {
  /** Asked before each call. `undefined`: do not ask the store now. */
  tryAcquire(): StorePermit | undefined;
}

/** Leave to ask the store once. */
export interface StorePermit {
  /** Told once how the call ended: a deadline that passed is a failure. */
  settle(outcome: 'success' | 'failure'): void;
}

/** What a shared limiter is made of. */
export interface SharedRateLimiterOptions {
  /** Where the limits are kept. The limiter closes it when it is closed itself. */
  readonly store: RateLimitStore;
  /**
   * See `StoreFailurePolicy`. `'open'` favours those who wait for you, `'closed'` what the limit
   * protects, and `'local'` bounds both; it needs `localShare`. Default `'open'`, as for a limit
   * that is one of several protections.
   */
  readonly onStoreFailure?: StoreFailurePolicy;
  /**
   * The part of each limit that this process may admit by itself, 0..1: one divided by how many
   * processes share the store. Only for `'local'`, and needed there.
   */
  readonly localShare?: number;
  /** How much is kept of keys while the store is down. Only for `'local'`. */
  readonly memory?: MemoryStoreOptions;
  /**
   * How long a decision waits for the store, in milliseconds; more than 0. Raising it rides out
   * longer pauses of the store, and makes every request wait as long while it is down. Default 100:
   * several round trips within a data centre, and short beside the work that is limited.
   */
  readonly deadlineMs?: number;
  /** A circuit breaker for the store. Default: it is asked each time. */
  readonly guard?: StoreGuard;
  /** Told of each call that the store failed. What it throws is dropped. */
  readonly onError?: (error: unknown) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** What one request waits for. */
export interface SharedTakeOptions {
  /** Aborts the wait; the promise then rejects with its reason. What was charged stays charged. */
  readonly signal?: AbortSignal;
}

/** Refusals after which the event loop gets its turn, whatever the store is made of. */
const REFUSALS_IN_A_ROW = 64;

/** When to try again after nobody could be asked: a store that comes back needs about as long. */
const STORE_RETRY_MS = 1_000;

const DEADLINE_MS_MAX = 86_400_000;

/**
 * Limits that several processes share, decided by a store in time or else by a stated rule.
 *
 * Whatever the store does, a decision comes within the deadline: a store that hangs is a store that
 * is down. A call is never repeated, for nobody knows whether the first one was charged; what comes
 * late is dropped. A mistake of the caller rejects and is no failure of the store.
 *
 * @example
 * ```ts
 * import { createMemoryRateLimitStore, gcra, SharedRateLimiter } from '@quorate/rate-limiter';
 *
 * const limiter = new SharedRateLimiter({ store: createMemoryRateLimitStore() });
 * const policy = gcra({ limit: 1, windowMs: 60_000 });
 * const first = await limiter.take({ key: 'alice', policy, cost: 1 });
 * const second = await limiter.take({ key: 'alice', policy, cost: 1 });
 * [first.kind, second.kind]; // => ['admitted', 'limited']
 * await limiter.close();
 * ```
 */
export class SharedRateLimiter {
  readonly #store: RateLimitStore;
  readonly #onStoreFailure: StoreFailurePolicy;
  readonly #local: LocalShare | undefined;
  readonly #deadlines: DeadlineLine;
  readonly #guard: StoreGuard | undefined;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #clock: Clock;
  #refusalCount = 0;
  #isClosed = false;

  /** @throws RangeError if an option is not as it says. */
  constructor(options: SharedRateLimiterOptions) {
    const { onStoreFailure = 'open', deadlineMs = 100, localShare } = options;
    assertFailurePolicy(onStoreFailure);
    assertDeadline(deadlineMs);
    if (onStoreFailure === 'local') {
      if (localShare === undefined) {
        throw new RangeError('localShare: expected 0..1 for local, got none');
      }
      this.#local = new LocalShare(localShare, options.memory);
    }
    this.#store = options.store;
    this.#onStoreFailure = onStoreFailure;
    this.#guard = options.guard;
    this.#onError = options.onError;
    this.#clock = options.clock ?? systemClock;
    this.#deadlines = new DeadlineLine(this.#clock, deadlineMs);
  }

  /**
   * Decides about one request under one limit.
   *
   * @throws RangeError or TypeError for bad input, RateLimiterClosedError after `close`; the reason
   *   of `signal` once it is aborted.
   */
  async take(check: Check, options?: SharedTakeOptions): Promise<Decision> {
    const { decision } = await this.#take([check], { ...options, refundable: false });
    return decision;
  }

  /**
   * Decides about one request under several limits, which are charged together or not at all.
   *
   * @returns The decision that counts: of the limits that limit it the one with the longest wait,
   *   else the admitted one with the least left; all of them; and what names the charge.
   */
  takeAll(
    checks: readonly Check[],
    options?: SharedTakeOptions,
  ): Promise<Verdict & { readonly decision: Decision }> {
    return this.#take(checks, options ?? {});
  }

  async #take(
    checks: readonly Check[],
    options: StoreTakeOptions,
  ): Promise<Verdict & { readonly decision: Decision }> {
    if (this.#isClosed) throw new RateLimiterClosedError('limiter');
    assertChecks(checks);
    options.signal?.throwIfAborted();
    const verdict = await this.#verdict(checks, options);
    const decision = bindingDecision(verdict.decisions);
    if (decision.kind === 'limited') await this.#yieldAtTimes();
    return { ...verdict, decision };
  }

  /**
   * Gives back what is left of a charge, as the store says. Resolves too if the store fails: then
   * it stays charged, which errs to the side of the limit.
   */
  async refund(chargeId: string): Promise<void> {
    if (this.#isClosed) throw new RateLimiterClosedError('limiter');
    const local = this.#local;
    if (local?.owns(chargeId) === true) {
      local.refund(chargeId, this.#clock.nowMs());
      return;
    }
    await this.#ask((signal) => this.#store.refund(chargeId, { signal }));
  }

  /** Limits `key` under `policy` for `durationMs`. Rejects if the store fails. */
  async block(key: string, policy: RatePolicy, durationMs: number): Promise<void> {
    if (this.#isClosed) throw new RateLimiterClosedError('limiter');
    await this.#store.block(key, policy, durationMs);
  }

  /** Forgets what is known of `key` under `policy`. Rejects if the store fails. */
  async reset(key: string, policy: RatePolicy): Promise<void> {
    if (this.#isClosed) throw new RateLimiterClosedError('limiter');
    this.#local?.reset(key, policy);
    await this.#store.reset(key, policy);
  }

  /** Closes the store too. Whatever is called after it rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store.close();
  }

  async #verdict(checks: readonly Check[], options: StoreTakeOptions): Promise<Verdict> {
    const answer = await this.#ask(
      (signal) => this.#store.take(checks, { ...options, signal }),
      options.signal,
    );
    if (answer !== undefined) return answer.value;
    if (this.#local !== undefined) return this.#local.take(checks, this.#clock.nowMs());
    return { decisions: checks.map((check) => withoutStore(check, this.#onStoreFailure)) };
  }

  /** What the store says in time; `undefined` if it does not. Rejects once `signal` is aborted. */
  async #ask<Answer>(
    call: (signal: AbortSignal) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<{ readonly value: Answer } | undefined> {
    const permit = this.#guard?.tryAcquire();
    if (this.#guard !== undefined && permit === undefined) return undefined;
    try {
      const value = await this.#inTime(call, signal);
      permit?.settle('success');
      return { value };
    } catch (error) {
      // A caller that gave up says nothing against the store.
      permit?.settle(signal?.aborted === true ? 'success' : 'failure');
      signal?.throwIfAborted();
      this.#report(error);
      return undefined;
    }
  }

  /** The store's answer, unless the deadline passes or `signal` is aborted before. */
  #inTime<Answer>(
    call: (signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const controller = new AbortController();
      const giveUp = (reason: unknown): void => {
        end();
        controller.abort(reason);
        reject(reason instanceof Error ? reason : new StoreLateError());
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const wait = this.#deadlines.begin(() => giveUp(new StoreLateError()));
      const end = (): void => {
        this.#deadlines.end(wait);
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort);
      // What comes later settles a promise that is settled: it is dropped.
      const answer = new Promise<Answer>((answered) => answered(call(controller.signal)));
      void answer.then(resolve, reject).finally(end);
    });
  }

  /** A loop over refusals that are made in memory would else starve every timer. */
  async #yieldAtTimes(): Promise<void> {
    this.#refusalCount += 1;
    if (this.#refusalCount % REFUSALS_IN_A_ROW !== 0) return;
    await new Promise<void>((resolve) => void this.#clock.setTimer(0, resolve));
  }

  #report(error: unknown): void {
    try {
      this.#onError?.(error);
    } catch {
      // A listener must not turn a decision into a failure.
    }
  }
}

function withoutStore({ policy, mode }: Check, rule: StoreFailurePolicy): Decision {
  const { name: policyName, limit } = policy;
  const base = { policyName, limit, remaining: 0, resetAfterMs: 0 };
  if (rule === 'open' || mode === 'shadow') {
    return { kind: 'admitted', reason: 'storeFailed', ...base };
  }
  return { kind: 'limited', reason: 'storeFailed', ...base, retryAfterMs: STORE_RETRY_MS };
}

function assertFailurePolicy(policy: string): void {
  if (policy === 'open' || policy === 'closed' || policy === 'local') return;
  throw new RangeError(`onStoreFailure: expected open, closed or local, got ${policy}`);
}

function assertDeadline(deadlineMs: number): void {
  if (deadlineMs > 0 && deadlineMs <= DEADLINE_MS_MAX) return;
  throw new RangeError(`deadlineMs: expected more than 0 and at most a day, got ${deadlineMs}`);
}
