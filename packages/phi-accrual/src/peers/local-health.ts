/**
 * How far to trust our own judgement: the local health multiplier of Lifeguard.
 *
 * A process that is short of processor time or whose network is bad sees everybody fail at once.
 * It can know that: its own timers are late, its accusations turn out wrong, and the helpers it
 * asks do not answer either. Each of these is a point against it, each thing that goes as it should
 * takes one back, and with `score` points it waits `score + 1` times as long before it accuses.
 *
 * Nobody else is slower for it: the healthy ones detect as fast as ever, and they are the majority.
 *
 * Source: Dadgar, Phillips and Currey, "Lifeguard: Local Health Awareness for More Accurate Failure
 * Detection", 2017. Departure: without probes of its own the score is fed by what a heartbeat
 * monitor sees, late timers and accusations that had to be taken back.
 */

/** A score from 0, well, to `scoreMax`. */
export class LocalHealth {
  readonly #scoreMax: number;
  #score = 0;

  /**
   * @param scoreMax - 0..8: how bad it can get. 0 switches it off; more makes a sick process accuse
   *   less, and later.
   * @throws RangeError if `scoreMax` is no integer of that range.
   */
  constructor(scoreMax: number) {
    if (!(Number.isInteger(scoreMax) && scoreMax >= 0 && scoreMax <= 8)) {
      throw new RangeError(`scoreMax: expected an integer of 0..8, got ${scoreMax}`);
    }
    this.#scoreMax = scoreMax;
  }

  /** Points against this process: 0..`scoreMax`. */
  get score(): number {
    return this.#score;
  }

  /** By how much to multiply the time before an accusation: 1..`scoreMax` + 1. */
  get factor(): number {
    return this.#score + 1;
  }

  /** Something went as it should: a timer fired in time, a probe was answered. */
  succeed(): void {
    if (this.#score > 0) this.#score -= 1;
  }

  /** Something of our own failed: a timer was late, an accusation was wrong, no helper answered. */
  fail(): void {
    if (this.#score < this.#scoreMax) this.#score += 1;
  }
}
