import type { Unsubscribe } from '@quorate/transport';

/** A list of listeners that can do no harm to each other, or to who tells them. */
export class Listeners<Event> {
  readonly #onError: (error: unknown) => void;
  #listeners: readonly ((event: Event) => void)[] = [];

  /** @param onError - Gets what a listener throws. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds `listener`. Added twice it is called twice. */
  add(listener: (event: Event) => void): Unsubscribe {
    const own = (event: Event): void => listener(event);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  /** Tells all that are on the list, in the order in which they came. */
  tell(event: Event): void {
    for (const listener of this.#listeners) {
      // One before it may have taken it off the list.
      if (!this.#listeners.includes(listener)) continue;
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#listeners = [];
  }
}
