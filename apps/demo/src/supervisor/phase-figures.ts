/** How requests fared, by what was wrong from when they were due until they ended. */
import { LatencyHistogram } from '../latency-histogram.ts';

/**
 * How one request ended. `refused`: certainly not done. `unknown`: nobody can tell. `skipped`: not
 * sent, since too many were under way.
 */
export type RequestEnd = 'ok' | 'refused' | 'unknown' | 'skipped';

/** Requests of one load while one kind of fault was under way, in numbers. */
export interface PhaseRow {
  /** The kind of fault; 'calm' while there was none. */
  readonly fault: string;
  readonly load: string;
  readonly requestCount: number;
  readonly refusedCount: number;
  readonly unknownCount: number;
  readonly skippedCount: number;
  /** Share of requests that were not done, or not known to be, 0..1. */
  readonly errorRate: number;
  /** Of requests that were done, from when they were due, with all they were repeated for. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

interface Tally {
  readonly latency: LatencyHistogram;
  readonly counts: Record<RequestEnd, number>;
}

const CALM = 'calm';

/** Counts requests. While two kinds of faults are under way a request counts for both. */
export class PhaseFigures {
  readonly #tallies = new Map<string, Map<string, Tally>>();
  #underWay: readonly string[] = [];
  /** All that ever began. */
  readonly #begun: string[] = [];
  #doneCount = 0;

  /** Requests that were done. */
  get doneCount(): number {
    return this.#doneCount;
  }

  /** What is wrong at this moment. */
  get faults(): readonly string[] {
    return this.#underWay.length === 0 ? [CALM] : [...new Set(this.#underWay)];
  }

  /** From now on `fault` is under way, until the function returned is called. */
  begin(fault: string): () => void {
    this.#underWay = [...this.#underWay, fault];
    this.#begun.push(fault);
    return () => {
      const at = this.#underWay.indexOf(fault);
      this.#underWay = this.#underWay.filter((_, index) => index !== at);
    };
  }

  /**
   * Follows a request that is due now.
   *
   * @returns What was wrong at any time since, to be asked when it ends: whoever comes out of a
   *   partition late was not calm.
   */
  follow(): () => readonly string[] {
    const [before, begunCount] = [this.#underWay, this.#begun.length];
    return () => {
      const all = new Set([...before, ...this.#begun.slice(begunCount)]);
      return all.size === 0 ? [CALM] : [...all];
    };
  }

  /** Counts a request that was due while `faults` were under way. */
  record(load: string, faults: readonly string[], end: RequestEnd, latencyMs: number): void {
    if (end === 'ok') this.#doneCount += 1;
    for (const fault of faults) {
      const tally = this.#tallyOf(fault, load);
      tally.counts[end] += 1;
      if (end === 'ok') tally.latency.record(latencyMs);
    }
  }

  /** All so far: calm first, then faults by name. */
  get rows(): readonly PhaseRow[] {
    const faults = [...this.#tallies].toSorted(([a], [b]) =>
      a === CALM ? -1 : b === CALM ? 1 : a < b ? -1 : 1,
    );
    return faults.flatMap(([fault, loads]) =>
      [...loads]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([
            load,
            {
              latency,
              counts: { ok, refused, unknown, skipped },
            },
          ]) => ({
            fault,
            load,
            requestCount: ok + refused + unknown + skipped,
            refusedCount: refused,
            unknownCount: unknown,
            skippedCount: skipped,
            errorRate: 1 - ok / (ok + refused + unknown + skipped),
            p50Ms: latency.quantileMs(0.5),
            p99Ms: latency.quantileMs(0.99),
            maxMs: latency.maxMs,
          }),
        ),
    );
  }

  #tallyOf(fault: string, load: string): Tally {
    const loads = this.#tallies.get(fault) ?? new Map<string, Tally>();
    this.#tallies.set(fault, loads);
    const known = loads.get(load);
    if (known !== undefined) return known;
    const counts = { ok: 0, refused: 0, unknown: 0, skipped: 0 };
    const made = { latency: new LatencyHistogram(), counts };
    loads.set(load, made);
    return made;
  }
}
