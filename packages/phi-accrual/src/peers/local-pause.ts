/**
 * Notices that it was not the others who were silent, but we who were not there.
 *
 * The problem. A garbage collection, a virtual machine that is moved, a process stopped by SIGSTOP,
 * a laptop that sleeps: our own process stands still for ten seconds. When it goes on, every peer
 * has been silent for ten seconds as far as it can tell, and the timer that convicts them is the
 * first thing to run, before the heartbeats that wait in the socket are read. One stalled process
 * would declare everybody else dead.
 *
 * The idea. A process that always has a timer set knows when it should have run next. If it runs
 * only much later, it was away for the difference. Any sign of running counts, not only the timer:
 * in a hidden browser tab timers fire once a minute while messages arrive all the time, and that is
 * no pause.
 *
 * ```text
 *   ran          timer due                               runs
 *    │              │◀──────────── paused ────────────────▶│
 *   ─┴──────────────┴──────────────────────────────────────┴──▶ time
 * ```
 *
 * What follows from a pause is for others to do: nobody is convicted for the silence of that time,
 * and for a while what arrives is what had been waiting, whose times say nothing.
 *
 * Sources: Cassandra's `FailureDetector`, which does nothing for a while if its own loop was late;
 * Dadgar, Phillips and Currey, "Lifeguard: Local Health Awareness for More Accurate Failure
 * Detection", 2017, on why the accuser is so often the one who is ill.
 */

/** Knows when this process should have run, and when it did. */
export class LocalPauseGuard {
  readonly #toleranceMs: number;
  #dueMs = Infinity;
  #ranMs = -Infinity;

  /**
   * @param toleranceMs - How late is still on time; at least 0. Less takes a busy turn of the event
   *   loop for a pause, which costs detection time; more lets short pauses convict.
   * @throws RangeError if `toleranceMs` is negative or no number.
   */
  constructor(toleranceMs: number) {
    if (!(toleranceMs >= 0)) {
      throw new RangeError(`toleranceMs: expected at least 0, got ${toleranceMs}`);
    }
    this.#toleranceMs = toleranceMs;
  }

  /** A timer is set that fires at `dueMs`, and no other before it. */
  expect(dueMs: number): void {
    this.#dueMs = dueMs;
  }

  /**
   * To be called first whenever this process runs, whatever woke it.
   *
   * @returns How long it was away beyond what is tolerated, in ms; 0 if it was not.
   */
  ran(nowMs: number): number {
    const awayMs = nowMs - Math.max(this.#dueMs, this.#ranMs);
    this.#ranMs = Math.max(this.#ranMs, nowMs);
    return awayMs > this.#toleranceMs ? awayMs : 0;
  }
}
