/** The last of what nodes traced, so that it can be looked at after something went wrong. */
import { followTraces, type TracedCluster } from './follow-traces.ts';

/** How much is kept. */
export interface TraceRecorderOptions {
  readonly cluster: TracedCluster;
  /** How far back, in ms. */
  readonly keepMs: number;
  /** How many characters at most: of more the oldest go, however young. Default 32 million. */
  readonly keepCharacters?: number;
  readonly nowMs: () => number;
}

interface KeptWindow {
  readonly atMs: number;
  /** A `TraceWindow` as JSON: it is only read if somebody asks. */
  readonly text: string;
}

const CHARACTERS_MAX = 32_000_000;

/** Follows all nodes until it is closed. */
export class TraceRecorder {
  readonly #options: TraceRecorderOptions;
  readonly #stop: () => void;
  /** In the order in which they came. */
  #kept: KeptWindow[] = [];
  #characters = 0;
  /** What is before this in `#kept` is forgotten. */
  #first = 0;

  constructor(options: TraceRecorderOptions) {
    this.#options = options;
    this.#stop = followTraces(options.cluster, (text) => this.#keep(text));
  }

  /** How far back it may go, in ms. */
  get keepMs(): number {
    return this.#options.keepMs;
  }

  /** The windows of the last `forMs`, one a line, the oldest first. */
  lines(forMs: number): string {
    this.#forget();
    const sinceMs = this.#options.nowMs() - forMs;
    return this.#kept
      .slice(this.#first)
      .filter(({ atMs }) => atMs >= sinceMs)
      .map(({ text }) => `${text}\n`)
      .join('');
  }

  close(): void {
    this.#stop();
  }

  #keep(text: string): void {
    this.#kept.push({ atMs: this.#options.nowMs(), text });
    this.#characters += text.length;
    this.#forget();
  }

  #forget(): void {
    const { keepMs, keepCharacters = CHARACTERS_MAX, nowMs } = this.#options;
    const sinceMs = nowMs() - keepMs;
    for (;;) {
      const oldest = this.#kept[this.#first];
      if (oldest === undefined) break;
      if (oldest.atMs >= sinceMs && this.#characters <= keepCharacters) break;
      this.#characters -= oldest.text.length;
      this.#first += 1;
    }
    // Cut now and then, and not for each: that would be as long as what is kept each time.
    if (this.#first * 2 < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}
