import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check } from '../store.ts';

/** Where one node counts keys: its own ones, or its share of others. */
export interface Ledger {
  /** Whether `key` was decided about under `policy` at `sinceMs` or later, and is remembered. */
  knows(key: string, policy: RatePolicy, sinceMs: number): boolean;
  /** Decides, and charges the cost if it is admitted. */
  take(check: Check, nowMs: number): Decision;
  /** Gives back what was charged at `chargedAtMs` and has not been regained since. */
  giveBack(charge: LedgerCharge, nowMs: number): void;
  /** Limits `key` for `durationMs`; 0 ends that. */
  block(key: string, policy: RatePolicy, durationMs: number, nowMs: number): void;
  /** Forgets `key` under `policy`. */
  reset(key: string, policy: RatePolicy, nowMs: number): void;
}

/** What to give back. */
export interface LedgerCharge {
  readonly key: string;
  readonly policy: RatePolicy;
  readonly cost: number;
  readonly chargedAtMs: number;
}

/** One text for a key under a policy. Policies that share name and kind share what they count. */
export function ledgerId(key: string, { kind, name }: RatePolicy): string {
  // Names hold no line break, so no two pairs meet.
  return `${kind}\n${name}\n${key}`;
}
