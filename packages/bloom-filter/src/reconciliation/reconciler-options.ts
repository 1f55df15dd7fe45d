import type { Random, Requester } from '@quorate/transport';

import type { ReconcilableSet } from './snapshot.ts';

/** What a reconciler compares, and over what. */
export interface SetReconcilerOptions extends Partial<ReconcilerLimits> {
  readonly set: ReconcilableSet;
  readonly requester: Requester;
  /** Numbers and seeds of comparisons. Default: the system's. */
  readonly random?: Random;
  /**
   * Under which method the two nodes talk, 1..64 bytes: one for each set. Default
   * 'set-reconciliation'.
   */
  readonly method?: string;
}

/** What bounds a reconciler. */
export interface ReconcilerLimits {
  /**
   * Bytes of a message, 1,024..16,777,216, more or less: an item or two beyond it. Less than what
   * the transport carries. Default 65,536.
   */
  readonly messageBytesMax: number;
  /** Bytes of an item, 0..`messageBytesMax`. Default 4,096. */
  readonly itemBytesMax: number;
  /**
   * Peers whose comparisons are kept at the same time, an integer of at least 1; each holds the
   * items of the set as it was and 20 bytes for each. The least recently used is given up for a new
   * one. Default 8.
   */
  readonly sessionCountMax: number;
  /** How long an answer is waited for, more than 0. Default 5,000. */
  readonly requestTimeoutMs: number;
  /** How often each thing is asked before the peer counts as unreachable, 1..100. Default 4. */
  readonly requestAttempts: number;
}

/** @throws RangeError if a limit is out of its range. */
export function limitsOf(options: Partial<ReconcilerLimits>): ReconcilerLimits {
  const limits = {
    messageBytesMax: options.messageBytesMax ?? 65_536,
    itemBytesMax: options.itemBytesMax ?? 4_096,
    sessionCountMax: options.sessionCountMax ?? 8,
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    requestAttempts: options.requestAttempts ?? 4,
  };
  assertInteger('messageBytesMax', limits.messageBytesMax, 1_024, 2 ** 24);
  assertInteger('itemBytesMax', limits.itemBytesMax, 0, limits.messageBytesMax);
  assertInteger('sessionCountMax', limits.sessionCountMax, 1, 2 ** 16);
  assertInteger('requestAttempts', limits.requestAttempts, 1, 100);
  const { requestTimeoutMs } = limits;
  if (!(requestTimeoutMs > 0 && requestTimeoutMs < 2 ** 31)) {
    throw new RangeError(`requestTimeoutMs: expected more than 0, got ${requestTimeoutMs}`);
  }
  return limits;
}

function assertInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer of ${min}..${max}, got ${value}`);
}
