import { LatencyHistogram } from '../latency-histogram.ts';
import type { LoadAnswer } from '../scenarios/client-network.ts';
import { ChartMarks } from '../supervisor/chart-marks.ts';
import {
  type ChartMark,
  type ChartPoint,
  chartPoint,
  type PageEvent,
} from '../supervisor/cluster-view.ts';

const INTERVAL_MS = 500;
/** Two minutes. */
const POINTS_MAX = 240;

/** What there is of the charts. */
export type HistoryEvent = PageEvent & { readonly kind: 'history' };

/** The last two minutes of virtual time in numbers; what is new goes to `publish`. */
export class SimCharts {
  readonly #publish: (event: PageEvent) => void;
  readonly #points: ChartPoint[] = [];
  readonly #marks = new ChartMarks();
  readonly #latency = new LatencyHistogram();
  #counts = { done: 0, refused: 0, unknown: 0, messages: 0 };
  #nextAtMs = INTERVAL_MS;

  constructor(publish: (event: PageEvent) => void) {
    this.#publish = publish;
  }

  /** What there is so far. */
  get history(): HistoryEvent {
    return { kind: 'history', points: [...this.#points], marks: this.#marks.all };
  }

  /** Draws a line at `atMs`. */
  mark(atMs: number, kind: ChartMark['kind'], text: string): void {
    const mark = { atMs, kind, text };
    this.#marks.add(mark);
    this.#publish({ kind: 'mark', mark });
  }

  /** Counts an answer to the load. */
  answered({ outcome, latencyMs }: LoadAnswer): void {
    this.#counts[outcome] += 1;
    if (outcome === 'done') this.#latency.record(latencyMs);
  }

  /** Counts messages between nodes. */
  sent(count: number): void {
    this.#counts.messages += count;
  }

  /** Says that time has come to `nowMs`. */
  advance(nowMs: number): void {
    for (; this.#nextAtMs <= nowMs; this.#nextAtMs += INTERVAL_MS) this.#addPoint();
  }

  #addPoint(): void {
    const { done, refused, unknown, messages } = this.#counts;
    const window = {
      okCount: done,
      refusedCount: refused,
      unknownCount: unknown,
      skippedCount: 0,
      p50Ms: this.#latency.quantileMs(0.5),
      p95Ms: this.#latency.quantileMs(0.95),
      p99Ms: this.#latency.quantileMs(0.99),
      maxMs: this.#latency.maxMs,
    };
    const point = chartPoint(window, messages, INTERVAL_MS, this.#nextAtMs);
    this.#counts = { done: 0, refused: 0, unknown: 0, messages: 0 };
    this.#latency.reset();
    this.#points.push(point);
    if (this.#points.length > POINTS_MAX) this.#points.shift();
    this.#publish({ kind: 'point', point });
  }
}
