import type { ChartMark } from './cluster-view.ts';

const MARKS_MAX = 200;
const LOG_MAX = 100;

/** What happened last, and apart from it what nodes wrote: who writes much hides nothing else. */
export class ChartMarks {
  readonly #marks: ChartMark[] = [];
  readonly #log: ChartMark[] = [];

  /** All of it, the oldest first. */
  get all(): readonly ChartMark[] {
    return [...this.#marks, ...this.#log].toSorted((left, right) => left.atMs - right.atMs);
  }

  /** Takes what happened just now. */
  add(mark: ChartMark): void {
    const [list, countMax] = mark.kind === 'log' ? [this.#log, LOG_MAX] : [this.#marks, MARKS_MAX];
    list.push(mark);
    if (list.length > countMax) list.shift();
  }
}
