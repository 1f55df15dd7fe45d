/** One pending timer. */
export interface Timer {
  /** Keeps the callback from running. Safe to call twice and after it ran. */
  cancel(): void;
  /**
   * Lets the process end although the timer waits. Absent where no timer holds a process open: in
   * browsers and simulations.
   */
  unref?(): void;
}

/** The only source of time. The system's, or a simulation's. */
export interface Clock {
  /** Monotonic milliseconds since an epoch of the clock's choosing; fractions allowed. */
  nowMs(): number;
  /** Milliseconds since 1970 as the machine believes. May jump either way. */
  wallTimeMs(): number;
  /**
   * Runs `callback` once, not before `delayMs` have passed. Timers of the same instant run in the
   * order in which they were set.
   *
   * @param delayMs - At least 0; 0 means as soon as the running code has returned.
   * @throws RangeError if `delayMs` is negative or not finite.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
}
