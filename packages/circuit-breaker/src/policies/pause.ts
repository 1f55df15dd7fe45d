import type { Clock, Timer } from '@quorate/transport';

import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';

/**
 * A promise that resolves after `ms`, or rejects with the reason of `signal` as soon as that is
 * aborted.
 *
 * Holds the process open, unlike other waits here: what follows it is work that is still to be
 * done.
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const sleeper = new Sleeper(reject);
    sleeper.timer = clock.setTimer(ms, () => {
      unwatchAbort(signal, sleeper);
      resolve();
    });
    watchAbort(signal, sleeper);
  });
}

class Sleeper implements AbortWaiter {
  readonly #wake: (reason: unknown) => void;
  timer: Timer | undefined;

  constructor(wake: (reason: unknown) => void) {
    this.#wake = wake;
  }

  onAborted(reason: unknown): void {
    this.timer?.cancel();
    this.#wake(reason);
  }
}
