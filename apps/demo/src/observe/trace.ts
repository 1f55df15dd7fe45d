import type { Clock, Timer, Unsubscribe } from '@quorate/transport';

/** What happened on a node, one line of JSON each: enough to draw it, on its own or with others. */
export interface TraceEntry {
  readonly node: string;
  /** 'drop': the transport would not take it. */
  readonly kind: 'send' | 'receive' | 'drop';
  /** To whom, or from whom. */
  readonly peer: string;
  readonly protocol: string;
  /** What the message is called. */
  readonly type: string;
  readonly sizeBytes: number;
  /** The hybrid timestamp: about the time of day, and a counter within it. */
  readonly wallMs: number;
  readonly counter: number;
  /** The life of the node, which is a name in `clock`. */
  readonly process: string;
  /** The vector clock: how many events of each life came before, this one included. */
  readonly clock: Readonly<Record<string, number>>;
  /** What the message says, as far as it is short: its fields, and how many a list has. */
  readonly detail?: Readonly<Record<string, number | string | boolean>>;
}

/** How long entries are gathered before they are handed out, in ms. */
const WINDOW_MS = 100;
/** Of a window so many are handed out, the first ones; the rest are counted. */
const WINDOW_ENTRIES_MAX = 2_000;

/** What happened in one window of time. */
export interface TraceWindow {
  readonly entries: readonly TraceEntry[];
  /** Entries beyond those. */
  readonly leftOutCount: number;
}

/** Hands out what happens to those who follow; costs nothing while nobody does. */
export class TraceFeed {
  readonly #clock: Clock;
  readonly #listeners = new Set<(window: TraceWindow) => void>();
  #entries: TraceEntry[] = [];
  #leftOutCount = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether anybody follows. */
  readonly isFollowed = (): boolean => this.#listeners.size > 0;

  /** Takes an entry. */
  readonly add = (entry: TraceEntry): void => {
    this.#timer ??= this.#clock.setTimer(WINDOW_MS, () => this.#handOut());
    if (this.#entries.length < WINDOW_ENTRIES_MAX) this.#entries.push(entry);
    else this.#leftOutCount += 1;
  };

  /** Calls `listener` for every window from now on. */
  subscribe(listener: (window: TraceWindow) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#timer?.cancel();
  }

  #handOut(): void {
    const window = { entries: this.#entries, leftOutCount: this.#leftOutCount };
    this.#entries = [];
    this.#leftOutCount = 0;
    this.#timer = undefined;
    for (const listener of this.#listeners) listener(window);
  }
}
