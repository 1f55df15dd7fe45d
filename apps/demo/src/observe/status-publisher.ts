import type { Clock, Timer } from '@quorate/transport';

import type { NodeEvents } from './node-events.ts';
import type { NodeStatus } from './node-status.ts';

/** While someone watches, the status is published at least this often, in ms. */
const intervalMs = 200;

/** Publishes a node's status to those who watch, and costs nothing while nobody does. */
export class StatusPublisher {
  readonly #clock: Clock;
  readonly #events: NodeEvents;
  readonly #status: () => NodeStatus;
  #timer: Timer | undefined;

  constructor(clock: Clock, events: NodeEvents, status: () => NodeStatus) {
    this.#clock = clock;
    this.#events = events;
    this.#status = status;
    events.onAudience = (isWatched) => {
      if (isWatched) this.#schedule();
      else this.close();
    };
  }

  /** Publishes at once, for changes that cannot wait. */
  publish(): void {
    if (this.#events.isWatched) this.#events.publish({ kind: 'status', status: this.#status() });
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      this.publish();
      this.#schedule();
    });
  }
}
