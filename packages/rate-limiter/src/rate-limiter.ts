import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { assertCost, assertDuration, assertKey, microseconds } from './checks.ts';
import type { Decision } from './decision.ts';
import { KeyLimiter } from './key-limiter.ts';
import { type MemoryDump, dumpOf, restoreInto } from './memory-dump.ts';
import {
  MemoryStore,
  type MemoryStoreOptions,
  type MemoryStoreStats,
  shadowOf,
} from './memory-store.ts';
import { assertPolicy, type RatePolicy, WINDOW_MS_MAX } from './policy.ts';
import type { Limit } from './policy-ledger.ts';

/** How important a request is. What is reserved from `'low'` ones is left for the others. */
export type Priority = 'critical' | 'normal' | 'low';

/** What a limiter is made of. */
export interface RateLimiterOptions {
  /** What it admits. */
  readonly policy: RatePolicy;
  /**
   * Where it counts. Limiters that share a store share a policy of one name, and can be asked
   * together with `MemoryStore.take`. Default: a store of its own.
   */
  readonly store?: MemoryStore;
  /** How much its own store holds. Not with `store`. */
  readonly memory?: MemoryStoreOptions;
  /** Whom it asks for the time when a call does not say. Default: the system's monotonic clock. */
  readonly clock?: Pick<Clock, 'nowMs' | 'wallTimeMs'>;
  /**
   * `'shadow'` admits everything and says with the reason `'shadow'` what would have been limited:
   * to try out a limit on live traffic. Default `'enforce'`.
   */
  readonly mode?: 'enforce' | 'shadow';
  /**
   * Shares of the capacity, 0..1, that requests of a priority leave for more important ones: with
   * `{ low: 0.5 }` low ones are limited once half is used. Raising one protects the others sooner,
   * and costs the low ones their bursts. Default: nothing is reserved.
   */
  readonly reserved?: Readonly<Partial<Record<Priority, number>>>;
}

/** What one request asks for. */
export interface TakeOptions {
  /** An integer of 0..2^31-1; 0 is a look. Default 1. */
  readonly cost?: number;
  /** The time, if the caller has read it anyway. Of one and the same clock in all calls. */
  readonly nowMs?: number;
  /** Default `'normal'`. */
  readonly priority?: Priority;
  /** Whether the decision shall have a `chargeId` for `refund`. Costs memory. Default false. */
  readonly refundable?: boolean;
}

/** The time of a call that is not a request. */
export interface AtTime {
  /** The time, if the caller has read it anyway. */
  readonly nowMs?: number;
}

/**
 * Limits the requests of many keys under one policy, in the memory of this process, at once.
 *
 * @remarks
 * A decision costs about as much as reading the clock: pass `nowMs` where you have it. Memory is
 * bounded, see `MemoryStoreOptions`; there are no timers and nothing to close.
 *
 * @example
 * ```ts
 * import { gcra, RateLimiter } from '@quorate/rate-limiter';
 *
 * const limiter = new RateLimiter({ policy: gcra({ limit: 2, windowMs: 1_000 }) });
 * limiter.take('alice', { nowMs: 0 }).kind; // => 'admitted'
 * limiter.take('alice', { nowMs: 0 }).remaining; // => 0
 * const third = limiter.take('alice', { nowMs: 100 });
 * third.kind === 'limited' && third.retryAfterMs; // => 400
 * ```
 */
export class RateLimiter {
  readonly #store: MemoryStore;
  readonly #clock: Pick<Clock, 'nowMs' | 'wallTimeMs'>;
  readonly #isShadow: boolean;
  readonly #reserved: Readonly<Record<Priority, number>>;
  #limit: Limit;
  #headroom: Readonly<Record<Priority, number>>;

  /** @throws RangeError or TypeError if an option is not as it says. */
  constructor(options: RateLimiterOptions) {
    const { policy, mode = 'enforce', reserved = {} } = options;
    if (options.store !== undefined && options.memory !== undefined) {
      throw new RangeError('memory: expected none beside a store, got both');
    }
    assertMode(mode);
    this.#store = options.store ?? new MemoryStore(options.memory);
    this.#clock = options.clock ?? systemClock;
    this.#isShadow = mode === 'shadow';
    this.#reserved = { critical: 0, normal: 0, low: 0, ...reserved };
    assertShares(this.#reserved);
    this.#limit = this.#store.limitOf(frozen(policy));
    this.#headroom = headroomOf(this.#limit, this.#reserved);
  }

  /** What it admits now. */
  get policy(): RatePolicy {
    return this.#limit.policy;
  }

  /** What its store holds. */
  get stats(): MemoryStoreStats {
    return this.#store.stats;
  }

  /**
   * Decides about one request, and charges it if it is admitted.
   *
   * @param key - Any string of at most 10,240 characters.
   * @throws RangeError or TypeError for bad input, before anything has changed.
   */
  take(key: string, options?: TakeOptions): Decision {
    assertKey(key);
    const cost = options?.cost ?? 1;
    if (cost !== 1) assertCost('cost', cost);
    const nowUs = microseconds(options?.nowMs ?? this.#clock.nowMs());
    const headroom = this.#headroomFor(options?.priority);
    const decision = this.#store.takeOne(this.#limit, key, cost, headroom, nowUs);
    if (options?.refundable === true && decision.kind === 'admitted' && cost > 0) {
      return { ...decision, chargeId: this.#store.remember(this.#limit, key, cost, nowUs) };
    }
    return this.#isShadow ? watched(decision) : decision;
  }

  /**
   * Whether `take` admits the request, which it charges likewise, and no more than that: for the
   * hottest paths, that need no word on when to come back.
   *
   * @throws RangeError or TypeError as `take` does.
   */
  admit(key: string, options?: Omit<TakeOptions, 'refundable'>): boolean {
    assertKey(key);
    const cost = options?.cost ?? 1;
    if (cost !== 1) assertCost('cost', cost);
    const nowUs = microseconds(options?.nowMs ?? this.#clock.nowMs());
    const headroom = this.#headroomFor(options?.priority);
    return this.#store.waitOneUs(this.#limit, key, cost, headroom, nowUs) === 0 || this.#isShadow;
  }

  /**
   * This limiter for one key, which it then finds without looking it up: to limit the calls of a
   * program to one API, say. It counts as `take` with that key does, and holds nothing.
   *
   * @param key - Any string of at most 10,240 characters.
   * @throws RangeError or TypeError if it is none.
   */
  forKey(key: string): KeyLimiter {
    assertKey(key);
    return new KeyLimiter(key, {
      limiter: this,
      clock: this.#clock,
      isShadow: this.#isShadow,
      limit: () => this.#limit,
      headroomFor: (priority) => this.#headroomFor(priority),
    });
  }

  /** What `take` would say, without charging anything; `remaining` is what is left now. */
  peek(key: string, options: TakeOptions = {}): Decision {
    assertKey(key);
    const { cost = 1, priority, nowMs = this.#clock.nowMs() } = options;
    assertCost('cost', cost);
    const need = cost + this.#headroomFor(priority);
    const decision = this.#store.peek(this.#limit, key, need, microseconds(nowMs));
    return this.#isShadow ? watched(decision) : decision;
  }

  /**
   * Charges `key` although nothing was admitted: for what went wrong, such as a failed login. Takes
   * what is left at most; to keep a key out for longer, `block` it.
   */
  penalize(key: string, cost: number, { nowMs = this.#clock.nowMs() }: AtTime = {}): Decision {
    assertKey(key);
    assertCost('cost', cost);
    const nowUs = microseconds(nowMs);
    const { remaining } = this.#store.peek(this.#limit, key, 0, nowUs);
    return this.#store.takeOne(this.#limit, key, Math.min(cost, remaining), 0, nowUs);
  }

  /**
   * Gives back what is left of a charge: once, never beyond the limit, and not again what time has
   * given back since. An unknown id changes nothing.
   */
  refund(chargeId: string, { nowMs = this.#clock.nowMs() }: AtTime = {}): void {
    this.#store.refund(chargeId, nowMs);
  }

  /**
   * Limits `key` for `durationMs`, whatever it has left. 0 ends that.
   *
   * @throws RangeError if as many keys are blocked as there may be keys.
   */
  block(key: string, durationMs: number, { nowMs = this.#clock.nowMs() }: AtTime = {}): void {
    assertDuration('durationMs', durationMs, WINDOW_MS_MAX);
    this.#store.block(key, this.#limit.policy, durationMs, nowMs);
  }

  /** Forgets what is known of `key`, its block included. */
  reset(key: string): void {
    this.#store.reset(key, this.#limit.policy);
  }

  /**
   * Goes on with another policy of the same kind and name. What was used before counts on, and
   * nobody is let through at once or kept out for longer than twice what a full use takes to come
   * back:
   *
   * - GCRA keeps time: who had used half of the burst has used half of the new one.
   * - A token bucket keeps the count of missing tokens, at most the new burst.
   * - Windows and logs keep counts; a window that has begun ends after the new length.
   *
   * @throws RangeError if kind or name differ.
   */
  update(policy: RatePolicy): void {
    assertPolicy(policy);
    const { kind, name } = this.#limit.policy;
    if (policy.kind !== kind || policy.name !== name) {
      const got = `${policy.kind} ${policy.name}`;
      throw new RangeError(`policy: expected ${kind} ${name}, got ${got}`);
    }
    this.#limit = this.#store.limitOf(frozen(policy));
    this.#headroom = headroomOf(this.#limit, this.#reserved);
    this.#limit.ledger.table.unsettle();
  }

  /** All of its store as data that JSON can hold, to be restored in another process. */
  dump({ nowMs = this.#clock.nowMs() }: AtTime = {}): MemoryDump {
    return dumpOf(this.#store, nowMs, this.#clock.wallTimeMs());
  }

  /**
   * Puts what was dumped into its store, less what the time since has given back, as far as the
   * wall clocks of both processes tell. Keys that are there already are replaced.
   *
   * @param dump - As it came from outside: all of it is checked first.
   * @throws RangeError if it is malformed or of a newer version; nothing has changed then.
   */
  restore(dump: unknown, { nowMs = this.#clock.nowMs() }: AtTime = {}): void {
    restoreInto(this.#store, dump, nowMs, this.#clock.wallTimeMs());
    this.#limit = this.#store.limitOf(this.#limit.policy);
    this.#limit.ledger.table.unsettle();
  }

  #headroomFor(priority: Priority | undefined): number {
    if (priority === undefined) return this.#headroom.normal;
    switch (priority) {
      case 'critical':
        return this.#headroom.critical;
      case 'normal':
        return this.#headroom.normal;
      case 'low':
        return this.#headroom.low;
      default:
        throw new RangeError(`priority: expected critical, normal or low, got ${asText(priority)}`);
    }
  }
}

/** What a limiter says that only watches. */
function watched(decision: Decision): Decision {
  return decision.kind === 'limited' ? shadowOf(decision) : decision;
}

function asText(value: unknown): string {
  return String(value);
}

/** The policy itself if it cannot change under us, else a copy that cannot. */
function frozen(policy: RatePolicy): RatePolicy {
  return Object.isFrozen(policy) ? policy : Object.freeze({ ...policy });
}

function headroomOf(
  { algorithm }: Limit,
  shares: Readonly<Record<Priority, number>>,
): Readonly<Record<Priority, number>> {
  const of = (share: number): number => Math.ceil(share * algorithm.capacity);
  return { critical: of(shares.critical), normal: of(shares.normal), low: of(shares.low) };
}

function assertShares(shares: Readonly<Record<string, number>>): void {
  for (const [name, share] of Object.entries(shares)) {
    if (share >= 0 && share <= 1) continue;
    throw new RangeError(`reserved.${name}: expected 0..1, got ${share}`);
  }
}

function assertMode(mode: string): void {
  if (mode === 'enforce' || mode === 'shadow') return;
  throw new RangeError(`mode: expected 'enforce' or 'shadow', got ${mode}`);
}
