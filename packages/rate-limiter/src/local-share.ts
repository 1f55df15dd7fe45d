import { capacityOf } from './algorithms/create-algorithm.ts';
import type { Decision } from './decision.ts';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
import { type RatePolicy, WINDOW_MS_MAX } from './policy.ts';
import type { Check, Verdict } from './store.ts';

/** No store of others makes ids that begin like this. */
const ID_PREFIX = '\0local-';

/** Policies whose shares are remembered. */
const SHARES_MAX = 1_000;

/**
 * What one process admits by itself while nobody can be asked: its share of each limit.
 *
 * With shares that add up to 1, all processes together admit about the limit: a share of less than
 * one unit is one unit in a longer window, so that small limits are neither closed nor multiplied.
 * What is counted here is never merged with what the store knows: each has its own truth, and both
 * fade with time.
 */
export class LocalShare {
  readonly #share: number;
  readonly #store: MemoryStore;
  readonly #policies = new Map<string, RatePolicy>();

  /** @throws RangeError if `share` is not in 0..1. */
  constructor(share: number, memory: MemoryStoreOptions = {}) {
    if (!(share > 0 && share <= 1)) {
      throw new RangeError(`localShare: expected more than 0 and at most 1, got ${share}`);
    }
    this.#share = share;
    this.#store = new MemoryStore({ ...memory, chargeIdPrefix: ID_PREFIX });
  }

  /** Decides by this process' shares. */
  take(checks: readonly Check[], nowMs: number): Verdict {
    const shared = checks.map((check) => ({ ...check, policy: this.#shareOf(check.policy) }));
    const { decisions, chargeId } = this.#store.take(shared, nowMs);
    const local = decisions.map((decision, index) => localOf(decision, checks[index]));
    return chargeId === undefined ? { decisions: local } : { decisions: local, chargeId };
  }

  /** Whether `chargeId` names a charge of this share. */
  owns(chargeId: string): boolean {
    return chargeId.startsWith(ID_PREFIX);
  }

  /** Gives back what is left of a charge. */
  refund(chargeId: string, nowMs: number): void {
    this.#store.refund(chargeId, nowMs);
  }

  /** Forgets what is known of `key`. */
  reset(key: string, policy: RatePolicy): void {
    this.#store.reset(key, this.#shareOf(policy));
  }

  #shareOf(policy: RatePolicy): RatePolicy {
    const { kind, name, limit, windowMs } = policy;
    const id = JSON.stringify([kind, name, limit, windowMs, capacityOf(policy)]);
    const known = this.#policies.get(id);
    if (known !== undefined) return known;
    const share = Object.freeze(shareOf(policy, this.#share));
    if (this.#policies.size >= SHARES_MAX) this.#policies.clear();
    this.#policies.set(id, share);
    return share;
  }
}

function shareOf(policy: RatePolicy, share: number): RatePolicy {
  const units = policy.limit * share;
  const limit = Math.max(1, Math.floor(units));
  const longerMs = units < 1 ? policy.windowMs / units : policy.windowMs;
  const windowMs = Math.min(WINDOW_MS_MAX, Math.round(longerMs * 1_000) / 1_000);
  if (policy.kind === 'gcra' || policy.kind === 'tokenBucket') {
    const burst = Math.max(1, Math.floor(policy.burst * share));
    return { ...policy, limit, windowMs, burst };
  }
  return { ...policy, limit, windowMs };
}

/** Says that it is a local decision. What is above the share waits for the store to come back. */
function localOf(decision: Decision, check: Check | undefined): Decision {
  if (decision.kind === 'admitted') {
    return decision.reason === 'shadow' ? decision : { ...decision, reason: 'localShare' };
  }
  const isTooMuchHere = decision.reason === 'costAboveLimit';
  if (check === undefined || (isTooMuchHere && neverFits(check))) return decision;
  const retryAfterMs = isTooMuchHere ? check.policy.windowMs : decision.retryAfterMs;
  return { ...decision, reason: 'localShare', retryAfterMs };
}

function neverFits({ policy, cost, headroom = 0 }: Check): boolean {
  return cost + headroom > capacityOf(policy);
}
