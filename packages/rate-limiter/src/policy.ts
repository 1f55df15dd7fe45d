/**
 * At most `limit` of cost in a time, counted in one of five ways. Build them with the functions of
 * the same names: they check what they are given, and freeze it.
 *
 * A policy is data and can be sent. Its `name` and `kind` are its identity: two policies that share
 * both share what they count, whatever else differs, so that a limit can change while it is in use.
 * Policies that are in use side by side, one for each plan say, have names of their own.
 */
export type RatePolicy =
  | GcraPolicy
  | TokenBucketPolicy
  | FixedWindowPolicy
  | SlidingWindowLogPolicy
  | SlidingWindowCounterPolicy;

/** What all policies say. */
interface RateBase {
  /** Names the policy in decisions, headers and metrics. 1..64 printable ASCII characters. */
  readonly name: string;
  /** Cost admitted in `windowMs`. An integer of 1..2^31-1. */
  readonly limit: number;
  /** More than 0, with a resolution of a microsecond; at most 400 days. */
  readonly windowMs: number;
}

/** The generic cell rate algorithm: `limit` per window, evenly, with bursts of up to `burst`. */
export interface GcraPolicy extends RateBase {
  readonly kind: 'gcra';
  /** Cost admitted at one instant after a rest. An integer of 1..2^31-1. */
  readonly burst: number;
}

/** A bucket of `burst` tokens that regains `limit` in a window, at a constant rate. */
export interface TokenBucketPolicy extends RateBase {
  readonly kind: 'tokenBucket';
  /** The tokens of a full bucket. An integer of 1..2^31-1. */
  readonly burst: number;
}

/** `limit` in each window. Up to twice that around the end of one. */
export interface FixedWindowPolicy extends RateBase {
  readonly kind: 'fixedWindow';
  /**
   * Where windows begin: at multiples of their length, shifted by the key so that not all keys
   * begin anew together, or with a key's first request.
   */
  readonly anchor: 'aligned' | 'firstRequest';
}

/** `limit` in any window, exactly. Keeps each admission, so that `limit` is at most 10,000. */
export interface SlidingWindowLogPolicy extends RateBase {
  readonly kind: 'slidingWindowLog';
}

/** `limit` in a window, the one before counted in proportion to what is left of it. */
export interface SlidingWindowCounterPolicy extends RateBase {
  readonly kind: 'slidingWindowCounter';
}

/** What every kind of policy is made of. */
export interface RateOptions {
  /**
   * Names the policy in decisions, headers and metrics, and is its identity in a store. 1..64
   * printable ASCII characters. Default `'default'`.
   */
  readonly name?: string;
  /** Cost admitted in `windowMs`. An integer of 1..2^31-1. */
  readonly limit: number;
  /** At least 0.001, at most 400 days; rounded to whole microseconds. */
  readonly windowMs: number;
}

/** What a policy with bursts is made of. */
export interface BurstOptions extends RateOptions {
  /**
   * Cost admitted at one instant after a rest. An integer of at least 1. Raising it lets clients
   * catch up after a pause, and lets as much come at once. It has to be regained within 4,000 days.
   * Default: `limit`, or half of it with `strict`.
   */
  readonly burst?: number;
  /**
   * Never lets more than `limit` pass in any window, wherever it begins: the burst and what is
   * regained in a window are `limit` together, so that the steady rate is `limit - burst`. That is
   * what decisions then show as the limit. Default false: up to `limit + burst` pass in a window
   * that begins after a rest.
   */
  readonly strict?: boolean;
}

/** What a fixed window is made of. */
export interface FixedWindowOptions extends RateOptions {
  /** See `FixedWindowPolicy.anchor`. Default `'aligned'`. */
  readonly anchor?: FixedWindowPolicy['anchor'];
}

/** 400 days. */
export const WINDOW_MS_MAX: number = 400 * 86_400_000;

/** Costs and limits fit into 31 bits, so that their products with microseconds stay exact. */
export const COST_MAX: number = 2 ** 31 - 1;

/** A log keeps each admission. */
export const LOG_LIMIT_MAX = 10_000;
const REGAIN_WINDOWS_MS_MAX = 10 * WINDOW_MS_MAX;

/**
 * A policy that admits `limit` per window evenly, after a rest up to `burst` at once. The one to
 * start with: exact answers, and one number for a key.
 *
 * @throws RangeError or TypeError if an option is not as it says.
 *
 * @example
 * ```ts
 * import { gcra } from '@quorate/rate-limiter';
 *
 * gcra({ limit: 100, windowMs: 60_000 }).burst; // => 100
 * gcra({ limit: 100, windowMs: 60_000, strict: true }).limit; // => 50
 * ```
 */
export function gcra(options: BurstOptions): GcraPolicy {
  return checkedPolicy({ kind: 'gcra', ...withBurst(options) });
}

/**
 * A policy that takes tokens from a bucket. Admits what `gcra` with the same numbers admits; its
 * state is the count of tokens rather than a time, which matters when limits change: see
 * `RateLimiter.update`.
 *
 * @throws RangeError or TypeError if an option is not as it says.
 */
export function tokenBucket(options: BurstOptions): TokenBucketPolicy {
  return checkedPolicy({ kind: 'tokenBucket', ...withBurst(options) });
}

/**
 * A policy that counts from zero in each window: the cheapest to explain, and up to twice `limit`
 * around a boundary.
 *
 * @throws RangeError or TypeError if an option is not as it says.
 */
export function fixedWindow(options: FixedWindowOptions): FixedWindowPolicy {
  const { anchor = 'aligned' } = options;
  return checkedPolicy({ kind: 'fixedWindow', ...baseOf(options), anchor });
}

/**
 * A policy that admits `limit` in any window, exactly, and remembers each admission for that.
 *
 * @throws RangeError or TypeError if an option is not as it says.
 */
export function slidingWindowLog(options: RateOptions): SlidingWindowLogPolicy {
  return checkedPolicy({ kind: 'slidingWindowLog', ...baseOf(options) });
}

/**
 * A policy that counts in windows, and counts the one before as far as it still reaches into the
 * last `windowMs`.
 *
 * @throws RangeError or TypeError if an option is not as it says.
 */
export function slidingWindowCounter(options: RateOptions): SlidingWindowCounterPolicy {
  return checkedPolicy({ kind: 'slidingWindowCounter', ...baseOf(options) });
}

function baseOf({ name = 'default', limit, windowMs }: RateOptions): RateBase {
  assertWindow(windowMs);
  return { name, limit, windowMs: Math.round(windowMs * 1_000) / 1_000 };
}

function withBurst(options: BurstOptions): RateBase & { readonly burst: number } {
  const base = baseOf(options);
  if (options.strict !== true) return { ...base, burst: options.burst ?? base.limit };
  assertCount('limit', base.limit, 2);
  const { burst = Math.floor(base.limit / 2) } = options;
  assertCount('burst', burst, 1, base.limit - 1);
  return { ...base, limit: base.limit - burst, burst };
}

function checkedPolicy<Policy extends RatePolicy>(policy: Policy): Policy {
  assertPolicy(policy);
  Object.freeze(policy);
  return policy;
}

/**
 * Refuses what is no policy, for those that were not built by the functions of this package.
 *
 * @throws RangeError or TypeError that names the field.
 */
export function assertPolicy(policy: RatePolicy): void {
  assertName(policy.name);
  assertCount('limit', policy.limit, 1);
  assertWindow(policy.windowMs);
  assertKind(policy);
}

function assertKind(policy: RatePolicy): void {
  switch (policy.kind) {
    case 'gcra':
    case 'tokenBucket':
      assertBurst(policy);
      return;
    case 'slidingWindowLog':
      assertCount('limit', policy.limit, 1, LOG_LIMIT_MAX);
      return;
    case 'fixedWindow': {
      const anchor: string = policy.anchor;
      if (anchor === 'aligned' || anchor === 'firstRequest') return;
      throw new RangeError(`anchor: expected 'aligned' or 'firstRequest', got ${anchor}`);
    }
    case 'slidingWindowCounter':
      return;
    default:
      throw new RangeError(`kind: expected that of a policy, got ${String(kindOf(policy))}`);
  }
}

function kindOf(policy: { readonly kind?: unknown }): unknown {
  return policy.kind;
}

function assertBurst({ burst, limit, windowMs }: GcraPolicy | TokenBucketPolicy): void {
  assertCount('burst', burst, 1);
  const regainMs = (burst / limit) * windowMs;
  if (regainMs <= REGAIN_WINDOWS_MS_MAX) return;
  throw new RangeError(`burst: expected to be regained within 4000 days, got ${burst}`);
}

function assertName(name: unknown): void {
  if (typeof name !== 'string') throw new TypeError(`name: expected a string, got ${typeof name}`);
  if (/^[\x20-\x7e]{1,64}$/.test(name)) return;
  throw new RangeError(`name: expected 1..64 printable ASCII characters, got ${name}`);
}

function assertWindow(windowMs: unknown): void {
  if (typeof windowMs !== 'number') {
    throw new TypeError(`windowMs: expected a number, got ${typeof windowMs}`);
  }
  if (windowMs >= 0.001 && windowMs <= WINDOW_MS_MAX) return;
  throw new RangeError(`windowMs: expected 0.001..${WINDOW_MS_MAX}, got ${windowMs}`);
}

function assertCount(name: string, value: unknown, min: number, max: number = COST_MAX): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${name}: expected a number, got ${typeof value}`);
  }
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer of ${min}..${max}, got ${value}`);
}
