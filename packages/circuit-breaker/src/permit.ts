import { checkChoice } from './bounds.ts';
import { type Outcome, outcomes } from './outcome.ts';
import { refused, type RefusalReason } from './refusal.ts';

/** Leave to make one call. Dispose of it, with `using`, or settle it. */
export interface Permit extends Disposable {
  readonly kind: 'admitted';
  /** The call went well. */
  succeed(): void;
  /** The call failed. */
  fail(): void;
  /** The call said nothing about the service: the permit goes back. */
  ignore(): void;
  /** The call ended so. The first verdict counts. */
  settle(outcome: Outcome): void;
  /**
   * Leaves the block that uses it. Without a verdict the call has failed: this is how an exception
   * leaves it.
   */
  [Symbol.dispose](): void;
}

/** A call that may not be made now. */
export interface Refusal extends Disposable {
  readonly kind: 'refused';
  readonly reason: RefusalReason | 'disposed';
  /**
   * Milliseconds until trial calls are taken; `undefined` when something else than time decides.
   */
  readonly retryAfterMs: number | undefined;
}

/** Tells the breaker how the call of a permit ended. */
export type SettlePermit = (generation: number, outcome: Outcome, startMs: number) => void;

/** A permit of one generation. */
export class CircuitPermit implements Permit {
  readonly kind = 'admitted';
  readonly #settleWith: SettlePermit;
  readonly #startMs: number;
  /** `refused` once it is settled: no generation has that number. */
  #generation: number;

  constructor(settleWith: SettlePermit, generation: number, startMs: number) {
    this.#settleWith = settleWith;
    this.#generation = generation;
    this.#startMs = startMs;
  }

  succeed(): void {
    this.#end('success');
  }

  fail(): void {
    this.#end('failure');
  }

  ignore(): void {
    this.#end('ignored');
  }

  settle(outcome: Outcome): void {
    checkChoice('outcome', outcome, outcomes);
    this.#end(outcome);
  }

  [Symbol.dispose](): void {
    this.#end('failure');
  }

  #end(outcome: Outcome): void {
    const generation = this.#generation;
    if (generation === refused) return;
    this.#generation = refused;
    this.#settleWith(generation, outcome, this.#startMs);
  }
}

/** A refusal as a value: it costs its three fields. */
export class CircuitRefusal implements Refusal {
  readonly kind = 'refused';
  readonly reason: RefusalReason | 'disposed';
  readonly retryAfterMs: number | undefined;

  constructor(reason: RefusalReason | 'disposed', retryAfter: number | undefined) {
    this.reason = reason;
    this.retryAfterMs = retryAfter;
  }

  [Symbol.dispose](): void {
    // There is nothing to give back.
  }
}
