import type { Decision } from '../../src/decision.ts';
import type { HttpLimit } from '../../src/http/http-rate-limit.ts';
import type { FixedWindowPolicy } from '../../src/policy.ts';
import type { Verdict } from '../../src/store.ts';

/** A window of a minute that admits `limit`, counted by key, with the time given from outside. */
export class CountingLimit implements HttpLimit {
  readonly policies: readonly [FixedWindowPolicy];
  nowMs = 0;
  /** What was asked for, in order. */
  readonly taken: { readonly key: string; readonly cost: number }[] = [];
  /** The charges given back, as often as they were. */
  readonly refunded: string[] = [];
  readonly #windows = new Map<string, { index: number; count: number }>();
  readonly #charges = new Map<string, { key: string; index: number; cost: number }>();

  constructor(limit: number, name = 'perMinute') {
    const anchor = 'aligned' as const;
    this.policies = [{ kind: 'fixedWindow', name, limit, windowMs: 60_000, anchor }];
  }

  /** What `key` has used of its current window. */
  used(key: string): number {
    return this.#window(key).count;
  }

  take(key: string, cost: number): Verdict {
    this.taken.push({ key, cost });
    const [policy] = this.policies;
    const window = this.#window(key);
    const resetAfterMs = (window.index + 1) * policy.windowMs - this.nowMs;
    const isAdmitted = window.count + cost <= policy.limit;
    if (isAdmitted) window.count += cost;
    const state = {
      policyName: policy.name,
      limit: policy.limit,
      remaining: policy.limit - window.count,
      resetAfterMs,
    };
    const decision: Decision = isAdmitted
      ? { kind: 'admitted', reason: 'withinLimit', ...state }
      : { kind: 'limited', reason: 'limitReached', ...state, retryAfterMs: resetAfterMs };
    if (!isAdmitted || cost === 0) return { decisions: [decision] };
    const chargeId = `charge ${this.#charges.size}`;
    this.#charges.set(chargeId, { key, index: window.index, cost });
    return { decisions: [decision], chargeId };
  }

  refund(chargeId: string): void {
    this.refunded.push(chargeId);
    const charge = this.#charges.get(chargeId);
    if (charge === undefined) return;
    this.#charges.delete(chargeId);
    const window = this.#window(charge.key);
    if (window.index === charge.index) window.count -= charge.cost;
  }

  #window(key: string): { index: number; count: number } {
    const index = Math.floor(this.nowMs / this.policies[0].windowMs);
    const window = this.#windows.get(key);
    if (window?.index === index) return window;
    const next = { index, count: 0 };
    this.#windows.set(key, next);
    return next;
  }
}

/** A limiter that only fails: by throwing, or as a promise. */
export function failingLimit(how: 'throws' | 'rejects'): HttpLimit {
  const { policies } = new CountingLimit(1);
  const error = new Error('the limiter is down');
  const take = (): Promise<Verdict> => {
    if (how === 'throws') throw error;
    return Promise.reject(error);
  };
  return { policies, take, refund: () => undefined };
}
