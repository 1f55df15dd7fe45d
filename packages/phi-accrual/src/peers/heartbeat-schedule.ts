/**
 * When to send which heartbeat.
 *
 * Heartbeats are numbered by the clock, not by counting: number n is due at `phase + n * interval`.
 * So a number says when it was meant to be sent, a late one is followed by the next in time, and
 * one that was skipped because the process stood still leaves a gap that the receiver can see,
 * instead of a schedule that is late for ever. There is no jitter: it would only widen the
 * distribution that the receiver learns.
 *
 * The phase is drawn once, so that nodes which start together do not all send together.
 *
 * Source: the sending times s_i = i * eta of Chen, Toueg and Aguilera, "On the Quality of Service
 * of Failure Detectors", 2002.
 */

/** Numbers of heartbeats, and the times they stand for. */
export class HeartbeatSchedule {
  readonly intervalMs: number;
  readonly #phaseMs: number;

  /**
   * @param intervalMs - An integer of at least 1.
   * @param phaseMs - When number 0 is due, by the sender's clock.
   * @throws RangeError if one is out of its range.
   */
  constructor(intervalMs: number, phaseMs: number) {
    if (!(Number.isSafeInteger(intervalMs) && intervalMs >= 1)) {
      throw new RangeError(`intervalMs: expected an integer of at least 1, got ${intervalMs}`);
    }
    if (!Number.isFinite(phaseMs)) {
      throw new RangeError(`phaseMs: expected a finite number, got ${phaseMs}`);
    }
    this.intervalMs = intervalMs;
    this.#phaseMs = phaseMs;
  }

  /** When number `sequence` is due. */
  dueMs(sequence: number): number {
    return this.#phaseMs + sequence * this.intervalMs;
  }

  /** The highest number that is due at `nowMs`; below 0 before number 0 is. */
  latestDue(nowMs: number): number {
    const sequence = Math.floor((nowMs - this.#phaseMs) / this.intervalMs);
    // Rounding may lead to an instant that has not come, or stop short of one that has.
    if (this.dueMs(sequence) > nowMs) return sequence - 1;
    return this.dueMs(sequence + 1) <= nowMs ? sequence + 1 : sequence;
  }
}
