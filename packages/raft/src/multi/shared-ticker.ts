import type { Clock, Unsubscribe } from '@quorate/transport';

import { Ticker, type TickSource } from '../node/ticker.ts';

/** One timer for all groups: so their heartbeats come at once, and share envelopes. */
export class SharedTicker implements TickSource {
  readonly tickMs: number;
  readonly #listeners = new Set<() => void>();
  readonly #ticker: Ticker;

  /** Starts at once. */
  constructor(clock: Clock, tickMs: number) {
    this.tickMs = tickMs;
    this.#ticker = new Ticker(clock, tickMs, () => {
      for (const listener of [...this.#listeners]) listener();
    });
  }

  subscribe(onTick: () => void): Unsubscribe {
    this.#listeners.add(onTick);
    return () => this.#listeners.delete(onTick);
  }

  /** Ticks no more. */
  stop(): void {
    this.#ticker.stop();
  }
}
