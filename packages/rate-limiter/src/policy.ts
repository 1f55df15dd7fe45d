/** At most `limit` of cost in a time, counted in one of five ways. Build them with the functions. */
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
  /** Cost admitted at one instant after a rest. At least 1. Default: `limit`. */
  readonly burst: number;
}

/** A bucket of `burst` tokens that regains `limit` in a window, at a constant rate. */
export interface TokenBucketPolicy extends RateBase {
  readonly kind: 'tokenBucket';
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

/** `limit` in any window, exactly. Keeps each admission, so it is for small limits. */
export interface SlidingWindowLogPolicy extends RateBase {
  readonly kind: 'slidingWindowLog';
}

/** `limit` in a window, the one before counted in proportion to what is left of it. */
export interface SlidingWindowCounterPolicy extends RateBase {
  readonly kind: 'slidingWindowCounter';
}
