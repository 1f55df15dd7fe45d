import type { Clock, Timer } from '@quorate/transport';

import type { WaitOptions } from './outcomes.ts';

const TIMEOUT_MS_DEFAULT = 10_000;

/** Why a waiter gave up before its outcome was known. */
export type GaveUp = 'timeout' | 'aborted';

/**
 * One caller waiting for one outcome: settled exactly once, whatever comes first of the outcome,
 * the deadline and the abort. Whichever it is, timer and listener are gone afterwards.
 */
export class Waiter<Outcome> {
  readonly promise: Promise<Outcome>;
  readonly #timer: Timer;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #resolve: (outcome: Outcome) => void;
  #isSettled = false;

  /**
   * @param onGiveUp - Called at the deadline or the abort, to settle and to forget the waiter.
   * @throws RangeError if `timeoutMs` is not a finite number above 0.
   */
  constructor(clock: Clock, options: WaitOptions, onGiveUp: (reason: GaveUp) => void) {
    const { timeoutMs = TIMEOUT_MS_DEFAULT, signal } = options;
    if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
      throw new RangeError(`timeoutMs: expected a finite number above 0, got ${timeoutMs}`);
    }
    const { promise, resolve } = newDeferred<Outcome>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#signal = signal;
    this.#onAbort = () => onGiveUp('aborted');
    this.#timer = clock.setTimer(timeoutMs, () => onGiveUp('timeout'));
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** Hands the outcome to the caller. Nothing happens from the second call on. */
  settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#timer.cancel();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(outcome);
  }
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

function newDeferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
