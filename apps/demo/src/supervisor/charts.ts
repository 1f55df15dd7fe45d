import { ChartMarks } from './chart-marks.ts';
import { type ChartMark, type ChartPoint, chartPoint, type PageEvent } from './cluster-view.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Broadcast } from './supervisor-events.ts';

const intervalMs = 500;
/** Two minutes. */
const pointCountMax = 240;

/** The last two minutes of the cluster in numbers, so that a page opened late shows them too. */
export class Charts {
  readonly #load: LoadGenerator;
  readonly #pageEvents: Broadcast<PageEvent>;
  readonly #timer: NodeJS.Timeout;
  readonly #points: ChartPoint[] = [];
  readonly #marks = new ChartMarks();
  #messageCount = 0;
  #lastAtMs = performance.now();

  constructor(load: LoadGenerator, pageEvents: Broadcast<PageEvent>) {
    this.#load = load;
    this.#pageEvents = pageEvents;
    this.#timer = setInterval(() => {
      this.#addPoint();
    }, intervalMs);
  }

  /** What there is so far. */
  get history(): PageEvent {
    return { kind: 'history', points: [...this.#points], marks: this.#marks.all };
  }

  /** Adds to the messages of the current interval. */
  countMessages(count: number): void {
    this.#messageCount += count;
  }

  /** Draws a line at this moment. */
  mark(kind: ChartMark['kind'], text: string): void {
    const mark = { atMs: Date.now(), kind, text };
    this.#marks.add(mark);
    this.#pageEvents.publish({ kind: 'mark', mark });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #addPoint(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    const point = chartPoint(this.#load.takeWindow(), this.#messageCount, elapsedMs, Date.now());
    this.#messageCount = 0;
    this.#points.push(point);
    if (this.#points.length > pointCountMax) this.#points.shift();
    this.#pageEvents.publish({ kind: 'point', point });
  }
}
