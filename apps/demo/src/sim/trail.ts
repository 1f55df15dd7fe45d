/**
 * Runs that stay some way behind the one that is shown. The past cannot be computed backwards, but
 * from a run that has not come so far yet it is reached sooner than from the very start.
 *
 * ```text
 *   0 ──────────────── half ──────────────────── recent ─────── now
 *                       T/2                       T - 5..15 s    T
 * ```
 *
 * They advance while there is nothing else to do. A moment of the last seconds is then at most a
 * few seconds of computing away, any moment half of what it was.
 */
import type { RunInput } from './run-link.ts';
import type { WatchedRun } from './watched-run.ts';

/** The recent one leaps by so much, and stays at least half as much behind. */
const LEAP_MS = 10_000;
/** Virtual time between two looks at whether to go on. */
const SLICE_MS = 25;

/** How far behind each should be, when the run that is shown is at `nowMs`. */
const places: readonly ((nowMs: number) => number)[] = [
  (nowMs) => Math.floor((nowMs - LEAP_MS / 2) / LEAP_MS) * LEAP_MS,
  (nowMs) => Math.floor(nowMs / (2 * LEAP_MS)) * LEAP_MS,
];

/** The runs behind one run. */
export class Trail {
  readonly #newRun: () => WatchedRun;
  /** As many as there are places, from the latest to the earliest. */
  #runs: WatchedRun[] = [];

  /** @param newRun - Makes the run at its start. */
  constructor(newRun: () => WatchedRun) {
    this.#newRun = newRun;
  }

  /** Follows the run that is at `nowMs`, in which `inputs` were done, while `mayGoOn` says so. */
  async advance(nowMs: number, inputs: readonly RunInput[], mayGoOn: () => boolean): Promise<void> {
    for (const [index, placeOf] of places.entries()) {
      const placeMs = placeOf(nowMs);
      if (placeMs <= 0) return;
      const run = (this.#runs[index] ??= this.#newRun());
      run.run.take(inputs);
      while (run.nowMs < placeMs) {
        if (!mayGoOn()) return;
        await run.runTo(Math.min(placeMs, run.nowMs + SLICE_MS));
      }
    }
  }

  /** Takes out the run from which `atMs` is nearest; undefined if all are later. */
  take(atMs: number): WatchedRun | undefined {
    const found = this.#runs
      .filter(({ nowMs }) => nowMs <= atMs)
      .toSorted((left, right) => right.nowMs - left.nowMs)[0];
    // Those behind it still are; those ahead are of no use where another future begins.
    this.#runs = this.#runs.filter(({ nowMs }) => nowMs < (found?.nowMs ?? 0));
    return found;
  }

  /** Lets all of them go: the run is another one. */
  clear(): void {
    this.#runs = [];
  }
}
