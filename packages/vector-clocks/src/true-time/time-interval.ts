/*
 * Time with an honest error: an interval that contains the true time.
 *
 * A clock that says 12:00:00.000 is wrong, by an unknown amount. A clock that says "between
 * 11:59:59.993 and 12:00:00.007" can be right, if its error is bounded. Then some pairs of events
 * are certainly in order, without a message between them:
 *
 *                 earliest        latest
 *      ---------------[------ ? ------]--------------> true time
 *        t here: certainly past          t here: certainly to come
 *
 * And whoever stamps an event with `latest`, and waits until that has certainly passed before it
 * lets anybody see the event, gives every event that follows anywhere a larger stamp. The wait is
 * about twice the error.
 *
 * A bound on the error is an assumption about machines, and has to come from them: what NTP, PTP or
 * chrony report, plus what a quartz may go wrong by since they last looked.
 *
 * Source: Corbett et al., "Spanner: Google's Globally-Distributed Database", OSDI 2012: TrueTime,
 * TT.now, TT.after, TT.before and the commit wait. There the quartz is reckoned with 200 parts per
 * million.
 */

/** The true time lies in here, both ends included; ms since 1970. */
export interface TimeInterval {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/**
 * The interval around what a clock shows.
 *
 * @param wallMs - The clock, in ms since 1970.
 * @param uncertaintyMs - By how much it may be wrong, either way; at least 0.
 * @throws RangeError if one is not finite, or `uncertaintyMs` is negative.
 *
 * @example
 * ```ts
 * timeInterval(1_000, 7); // => { earliestMs: 993, latestMs: 1_007 }
 * ```
 */
export function timeInterval(wallMs: number, uncertaintyMs: number): TimeInterval {
  if (!Number.isFinite(wallMs)) {
    throw new RangeError(`wallMs: expected a finite number, got ${wallMs}`);
  }
  checkAtLeastZero('uncertaintyMs', uncertaintyMs);
  return { earliestMs: wallMs - uncertaintyMs, latestMs: wallMs + uncertaintyMs };
}

/** Whether `atMs` has certainly passed: TT.after. */
export function isPast(interval: TimeInterval, atMs: number): boolean {
  return interval.earliestMs > atMs;
}

/** Whether `atMs` is certainly to come: TT.before. */
export function isToCome(interval: TimeInterval, atMs: number): boolean {
  return interval.latestMs < atMs;
}

/** How a clock goes wrong between two looks at a better one. */
export interface UncertaintyOptions {
  /** By how much it may have been wrong right after the look, in ms; at least 0. */
  readonly syncErrorMs: number;
  /** How long ago the look was, in ms; at least 0. */
  readonly elapsedMs: number;
  /** How fast it may gain or lose since, in parts per million; at least 0. 200 without it. */
  readonly driftPpm?: number;
}

/**
 * By how much a clock may be wrong, some time after it was compared with a better one.
 *
 * @throws RangeError if a number is negative or not finite.
 *
 * @example
 * ```ts
 * uncertaintyMs({ syncErrorMs: 1, elapsedMs: 30_000 }); // => 7
 * ```
 */
export function uncertaintyMs(options: UncertaintyOptions): number {
  const { syncErrorMs, elapsedMs, driftPpm = 200 } = options;
  for (const [name, value] of Object.entries({ syncErrorMs, elapsedMs, driftPpm })) {
    checkAtLeastZero(name, value);
  }
  return syncErrorMs + (elapsedMs * driftPpm) / 1_000_000;
}

function checkAtLeastZero(name: string, value: number): void {
  if (value >= 0 && value < Infinity) return;
  throw new RangeError(`${name}: expected a finite number of at least 0, got ${value}`);
}
