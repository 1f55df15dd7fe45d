import type { RateAlgorithm } from './algorithms/algorithm.ts';
import { createAlgorithm } from './algorithms/create-algorithm.ts';
import { assertCost } from './checks.ts';
import type { Admitted, Decision, Limited } from './decision.ts';
import { assertPolicy, type RatePolicy } from './policy.ts';

/** The state of one key under one policy: 0 or more safe integers, as the algorithm wants them. */
export type RateState = Float64Array;

/** What a request is and asks for. */
export interface TakeRequest {
  /** Whom the limit is for; aligned fixed windows begin where it says. Default `''`. */
  readonly key?: string;
  /** An integer of 0..2^31-1. Default 1. */
  readonly cost?: number;
  /** See `Check.headroom`. Default 0. */
  readonly headroom?: number;
}

/** A decision, and the state after it. */
export interface TakeStep {
  readonly decision: Decision;
  readonly state: RateState;
}

/**
 * One decision of one key as a function of its state: what every store does, and what its tests
 * compare it with.
 *
 * @param state - That of an earlier step under this policy or an older one of its name and kind;
 *   `undefined` for a key that never came. Left as it is.
 * @param nowUs - An integer of at least 0: microseconds.
 * @throws RangeError or TypeError for what is no policy or no cost.
 *
 * @example
 * ```ts
 * import { gcra, takeStep } from '@quorate/rate-limiter';
 *
 * const policy = gcra({ limit: 2, windowMs: 1_000 });
 * const first = takeStep(policy, undefined, 0, { cost: 2 });
 * const second = takeStep(policy, first.state, 100_000);
 * second.decision.kind === 'limited' && second.decision.retryAfterMs; // => 400
 * ```
 */
export function takeStep(
  policy: RatePolicy,
  state: RateState | undefined,
  nowUs: number,
  { key = '', cost = 1, headroom = 0 }: TakeRequest = {},
): TakeStep {
  assertPolicy(policy);
  assertCost('cost', cost);
  assertCost('headroom', headroom);
  const algorithm = createAlgorithm(policy);
  const cells = state === undefined ? restedState(algorithm, key) : state.slice();
  algorithm.advance(cells, 0, nowUs);
  const need = cost + headroom;
  const waitUs = need === 0 ? 0 : algorithm.waitUs(cells, 0, nowUs, need);
  if (waitUs > 0) {
    return { decision: limitedBy(policy, algorithm, cells, 0, nowUs, waitUs), state: cells };
  }
  if (cost > 0) algorithm.charge(cells, 0, nowUs, cost);
  return { decision: admittedBy(policy, algorithm, cells, 0, nowUs), state: cells };
}

/** The state of a key that never came. */
function restedState(algorithm: RateAlgorithm, key: string): RateState {
  const cells = new Float64Array(algorithm.width);
  algorithm.begin(cells, 0, key, cells.length);
  return cells;
}

/** Says that a request is admitted, and what its state now holds. */
export function admittedBy(
  policy: RatePolicy,
  algorithm: RateAlgorithm,
  cells: Float64Array,
  at: number,
  nowUs: number,
): Admitted {
  const restUs = algorithm.restedAtUs(cells, at) - nowUs;
  return {
    kind: 'admitted',
    reason: 'withinLimit',
    policyName: policy.name,
    limit: policy.limit,
    remaining: algorithm.remaining(cells, at, nowUs),
    resetAfterMs: restUs > 0 ? restUs / 1_000 : 0,
  };
}

/** Says that a request is limited, and for how long. */
export function limitedBy(
  policy: RatePolicy,
  algorithm: RateAlgorithm,
  cells: Float64Array,
  at: number,
  nowUs: number,
  waitUs: number,
): Limited {
  const restUs = algorithm.restedAtUs(cells, at) - nowUs;
  return {
    kind: 'limited',
    reason: waitUs === Infinity ? 'costAboveLimit' : 'limitReached',
    policyName: policy.name,
    limit: policy.limit,
    remaining: algorithm.remaining(cells, at, nowUs),
    resetAfterMs: restUs > 0 ? restUs / 1_000 : 0,
    retryAfterMs: waitUs / 1_000,
  };
}
