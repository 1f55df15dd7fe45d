/** What a bench came to. */
import { LatencyHistogram } from '../../latency-histogram.ts';
import { type OperationKind, operationKinds } from '../../supervisor/load-mix.ts';

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/** Of one kind of operation, or of all. */
export interface BenchRow {
  readonly operation: OperationKind | 'all';
  readonly doneCount: number;
  /** Requests that were not done, or not known to be, by why. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of what was done, from when it was due, in ms. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

interface Tally {
  readonly latency: LatencyHistogram;
  readonly errors: Map<string, number>;
}

/** Counts operations. */
export class BenchTally {
  readonly #tallies = new Map<BenchRow['operation'], Tally>(
    (['all', ...operationKinds] as const).map((kind) => [
      kind,
      { latency: new LatencyHistogram(), errors: new Map<string, number>() },
    ]),
  );

  /** @param error - Why it was not done; undefined if it was. */
  record(operation: OperationKind, latencyMs: number, error: string | undefined): void {
    for (const kind of ['all', operation] as const) {
      const tally = this.#tallies.get(kind);
      if (tally === undefined) continue;
      if (error === undefined) tally.latency.record(latencyMs);
      else tally.errors.set(error, (tally.errors.get(error) ?? 0) + 1);
    }
  }

  /** All first, then each kind of which there was any. */
  get rows(): readonly BenchRow[] {
    return [...this.#tallies].flatMap(([operation, { latency, errors }]) => {
      if (operation !== 'all' && latency.count === 0 && errors.size === 0) return [];
      const [p50Ms = 0, p90Ms = 0, p95Ms = 0, p99Ms = 0, p999Ms = 0] = quantiles.map((quantile) =>
        latency.quantileMs(quantile),
      );
      const { count: doneCount, maxMs } = latency;
      const counted = Object.fromEntries(errors);
      return [{ operation, doneCount, errors: counted, p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs }];
    });
  }

  /** The histogram of each kind: how many took up to so long, in ms. */
  get histograms(): Readonly<
    Record<string, readonly (readonly [upToMs: number, count: number])[]>
  > {
    return Object.fromEntries(
      [...this.#tallies].map(([operation, { latency }]) => [operation, latency.buckets()]),
    );
  }
}

/** As a table. */
export function benchText(rows: readonly BenchRow[]): string {
  const head = ['', 'done', 'failed', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max ms'];
  const lines = rows.map((row) => {
    const failed = Object.values(row.errors).reduce((sum, count) => sum + count, 0);
    const { p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs } = row;
    const times = [p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs].map((ms) => ms.toFixed(1));
    return [row.operation, String(row.doneCount), String(failed), ...times];
  });
  const table = [head, ...lines].map((cells) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(7) : cell.padStart(8))).join(' '),
  );
  const errors = Object.entries(rows[0]?.errors ?? {}).map(([code, count]) => `${code} ${count}`);
  return [...table, ...(errors.length === 0 ? [] : [`failed: ${errors.join(', ')}`])].join('\n');
}
