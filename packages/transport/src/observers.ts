import type { Unsubscribe } from './transport.ts';

/** A list of listeners that all get every event, whatever another of them throws. */
export class Observers<Event> {
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #onError: (error: unknown) => void;

  /** @param onError - Receives what a listener throws. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds `listener`. The same function may be added twice and is then called twice. */
  observe(listener: (event: Event) => void): Unsubscribe {
    const own = (event: Event): void => {
      listener(event);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Calls the listeners that are there now, in the order in which they came. */
  emit(event: Event): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
