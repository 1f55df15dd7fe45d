import { Gcra } from './algorithms/gcra.ts';
import { assertCost, microseconds } from './checks.ts';
import { assertPolicy, type GcraPolicy } from './policy.ts';

/** A place in the time to come. */
export interface Reservation {
  readonly kind: 'reserved';
  /** How long to wait before the work may begin; 0 for at once. */
  readonly waitMs: number;
  readonly cost: number;
  /** When the work may begin, in the clock of `nowMs`. */
  readonly startsAtUs: number;
  /** How far everything was reserved with this, in the same clock. */
  readonly endsAtUs: number;
}

/** No place in time. Nothing was reserved. */
export interface NotReserved {
  readonly kind: 'limited';
  /** `'costAboveLimit'`: more than the burst, which never fits. */
  readonly reason: 'waitTooLong' | 'costAboveLimit';
  /** How long it would have been. Infinity for never. */
  readonly waitMs: number;
}

/**
 * A leaky bucket as a schedule: each request is told when its turn comes, and waits by itself.
 *
 * The schedule is GCRA's arrival time, which may run ahead of now by more than the burst: how much
 * more is the wait. So reservations come in their order, spaced as the policy says, and one number
 * holds all of them.
 *
 * Cancelling gives back only what nobody after depends on: who reserved later keeps the place that
 * was promised, and what was reserved meanwhile is not free.
 *
 * Source: Go's x/time/rate for the rule of cancelling. Departure: whole microseconds, no drift.
 *
 * @example
 * ```ts
 * import { gcra, Reservations } from '@quorate/rate-limiter';
 *
 * const schedule = new Reservations(gcra({ limit: 10, windowMs: 1_000, burst: 1 }));
 * const waits = [1, 2, 3].map(() => schedule.reserve({ nowMs: 0, maxWaitMs: 1_000 }).waitMs);
 * waits; // => [0, 100, 200]
 * ```
 */
export class Reservations {
  readonly #algorithm: Gcra;
  readonly #cells = new Float64Array(2);
  readonly #cancelled = new WeakSet<Reservation>();
  /** The longest that anybody has had to wait. */
  #longestUs = 0;

  /** @throws RangeError or TypeError if the policy is none. */
  constructor(policy: GcraPolicy) {
    assertPolicy(policy);
    this.#algorithm = new Gcra(policy);
  }

  /**
   * Takes the next place of `cost` that is not further away than `maxWaitMs`.
   *
   * @throws RangeError or TypeError for bad input.
   */
  reserve({
    nowMs,
    maxWaitMs,
    cost = 1,
  }: {
    readonly nowMs: number;
    readonly maxWaitMs: number;
    readonly cost?: number;
  }): Reservation | NotReserved {
    assertCost('cost', cost);
    const nowUs = microseconds(nowMs);
    if (!(maxWaitMs >= 0)) {
      throw new RangeError(`maxWaitMs: expected at least 0, got ${maxWaitMs}`);
    }
    this.#bound(nowUs);
    const waitUs = cost === 0 ? 0 : this.#algorithm.waitUs(this.#cells, 0, nowUs, cost);
    const waitMs = waitUs / 1_000;
    if (waitUs === Infinity) return { kind: 'limited', reason: 'costAboveLimit', waitMs };
    if (waitMs > maxWaitMs) return { kind: 'limited', reason: 'waitTooLong', waitMs };
    if (cost > 0) this.#algorithm.charge(this.#cells, 0, nowUs, cost);
    this.#longestUs = Math.max(this.#longestUs, waitUs);
    const endsAtUs = this.#algorithm.restedAtUs(this.#cells, 0);
    return { kind: 'reserved', waitMs, cost, startsAtUs: nowUs + waitUs, endsAtUs };
  }

  /** Gives a reservation back, as far as nobody depends on it: once, and before it starts. */
  cancel(reservation: Reservation, nowMs: number): void {
    const nowUs = microseconds(nowMs);
    const { cost, startsAtUs, endsAtUs } = reservation;
    if (startsAtUs <= nowUs || this.#cancelled.has(reservation)) return;
    this.#cancelled.add(reservation);
    const laterUs = this.#algorithm.restedAtUs(this.#cells, 0) - endsAtUs;
    this.#algorithm.refund(this.#cells, 0, nowUs, cost, nowUs - Math.max(0, laterUs));
  }

  /** A schedule further ahead than anybody has waited is another clock's: all is used at once. */
  #bound(nowUs: number): void {
    const aheadUs = this.#algorithm.restedAtUs(this.#cells, 0) - nowUs;
    if (aheadUs > 2 * (this.#algorithm.horizonUs + this.#longestUs)) {
      this.#algorithm.advance(this.#cells, 0, nowUs);
    }
  }
}
