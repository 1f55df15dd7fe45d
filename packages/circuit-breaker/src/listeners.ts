/**
 * Events to listeners that can do no harm.
 *
 * A listener may throw, return a promise that rejects, or call back into the breaker that speaks to
 * it. None of these may change what the caller of a guarded call gets, or what others hear. So
 * events wait in a queue and leave it one by one, each to all listeners, before the next: an event
 * that a listener causes comes after the one that it listens to, for everybody, and the stack does
 * not grow. A listener that causes an event for each that it hears would never end; the queue does.
 */

/** Events that wait while listeners cause more of them. */
const PENDING_MAX = 1_000;

/** Takes its listener off the list. */
export type StopListening = () => void;

/** A list of listeners of one kind of event. */
export class Listeners<Event> {
  readonly #onError: (error: unknown) => void;
  #listeners: readonly ((event: Event) => unknown)[] = [];
  #pending: Event[] = [];
  #deliveredCount = 0;
  #isDelivering = false;

  /** @param onError - Gets what a listener throws. Must not throw itself. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Whether nobody listens, so that no event need be made. */
  get isEmpty(): boolean {
    return this.#listeners.length === 0;
  }

  /** Adds `listener`. Added twice it is called twice. */
  add(listener: (event: Event) => unknown): StopListening {
    const own = (event: Event): unknown => listener(event);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  /** Puts `event` in the queue. */
  publish(event: Event): void {
    if (this.isEmpty) return;
    if (this.#pending.length < PENDING_MAX) this.#pending.push(event);
    else if (this.#pending.length === PENDING_MAX) this.#overflow(event);
  }

  /**
   * Hands out what waits. Does nothing when called by a listener: its events come after this one.
   */
  deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.#deliveredCount < this.#pending.length) {
      const event = this.#pending[this.#deliveredCount];
      this.#deliveredCount += 1;
      if (event !== undefined) this.#tell(event);
    }
    this.#pending = [];
    this.#deliveredCount = 0;
    this.#isDelivering = false;
  }

  /** Forgets the listeners and what waits for them. */
  clear(): void {
    this.#listeners = [];
    this.#pending = [];
    this.#deliveredCount = 0;
  }

  #tell(event: Event): void {
    for (const listener of this.#listeners) {
      // One before it may have taken it off the list.
      if (!this.#listeners.includes(listener)) continue;
      try {
        const answer = listener(event);
        // An async listener fails later; left alone, that would end the process.
        if (isThenable(answer)) answer.then(undefined, this.#onError);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #overflow(event: Event): void {
    this.#pending.push(event);
    const limit = `at most ${PENDING_MAX} events while one is handled`;
    this.#onError(new RangeError(`listeners: expected ${limit}, got more; the rest is dropped`));
  }
}

interface Thenable {
  then(onFulfilled: undefined, onRejected: (error: unknown) => void): unknown;
}

function isThenable(value: unknown): value is Thenable {
  if (typeof value !== 'object' || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
