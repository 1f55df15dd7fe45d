import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check } from '../store.ts';
import type { Ledger, LedgerCharge } from './ledger.ts';
import { burstOf, shareOf } from './share.ts';

/**
 * What one node admits while it cannot reach owners. It is counted on through all partitions, so
 * that each new one is no new share.
 */
export class LocalShare {
  readonly #ledger: Ledger;
  readonly #retryMs: number;

  /** @param retryMs - After which it may be worth while to ask again. */
  constructor(ledger: Ledger, retryMs: number) {
    this.#ledger = ledger;
    this.#retryMs = retryMs;
  }

  /** Decides with `share` of the policy. */
  take(check: Check, share: number, nowMs: number): Decision {
    const { policy, cost, headroom = 0 } = check;
    const { name, limit } = policy;
    const part = shareOf(policy, share);
    if (part !== undefined && cost + headroom <= burstOf(part)) {
      const decision = this.#ledger.take({ ...check, policy: part }, nowMs);
      if (decision.kind === 'admitted') return { ...decision, limit, reason: 'localShare' };
      const reason = decision.reason === 'blocked' ? 'blocked' : 'localShare';
      return { ...decision, limit, reason };
    }
    const isNever = cost + headroom > burstOf(policy);
    return {
      kind: 'limited',
      reason: isNever ? 'costAboveLimit' : 'localShare',
      policyName: name,
      limit,
      remaining: 0,
      resetAfterMs: this.#retryMs,
      // The owner may have it all, once it can be asked.
      retryAfterMs: isNever ? Infinity : this.#retryMs,
    };
  }

  /** Takes back what a request did not cost after all. */
  giveBack(charge: LedgerCharge, share: number, nowMs: number): void {
    const part = shareOf(charge.policy, share);
    if (part !== undefined) this.#ledger.giveBack({ ...charge, policy: part }, nowMs);
  }

  /** Limits a key. */
  block(key: string, policy: RatePolicy, durationMs: number, nowMs: number): void {
    this.#ledger.block(key, policy, durationMs, nowMs);
  }

  /** Forgets a key. */
  reset(key: string, policy: RatePolicy, nowMs: number): void {
    this.#ledger.reset(key, policy, nowMs);
  }
}
