/*
 * Telling listeners, when a listener may edit in turn.
 *
 * An editor's binding hears of a change and corrects it; the correction is a change, too. If it
 * were told at once, the listeners behind the first one would hear of the second change before the
 * first. So what happens while listeners run is told when they are done, in order, and nothing is
 * lost if one of them throws.
 */

/** Listeners of one kind of event. */
export class Notifications<Event> {
  /** Replaced, never changed: whoever goes through it is not disturbed by who comes and goes. */
  #listeners: readonly ((event: Event) => void)[] = [];

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listeners.length > 0;
  }

  /** Adds a listener, and returns what ends its subscription. */
  subscribe(listener: (event: Event) => void): () => void {
    // Wrapped, so that a function that subscribes twice is called twice.
    const own = (event: Event) => listener(event);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  /** Calls every listener; what they throw is added to `errors`. */
  tell(event: Event, errors: unknown[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        errors.push(error);
      }
    }
  }
}

/** Runs notifications one after the other, those that come up meanwhile at the end. */
export class NotificationQueue {
  readonly #queue: ((errors: unknown[]) => void)[] = [];
  readonly #errors: unknown[] = [];
  #isRunning = false;

  /**
   * Runs `notify` now, or after the ones that run.
   *
   * @throws what the first listener threw, after all of them were called.
   */
  run(notify: (errors: unknown[]) => void): void {
    this.#queue.push(notify);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#end();
  }

  /** The same for one event of one kind, without a function made for it. */
  tell<Event>(listeners: Notifications<Event>, event: Event): void {
    if (this.#isRunning) {
      this.#queue.push((errors) => listeners.tell(event, errors));
      return;
    }
    this.#isRunning = true;
    listeners.tell(event, this.#errors);
    this.#end();
  }

  #end(): void {
    const queue = this.#queue;
    while (queue.length > 0) queue.shift()?.(this.#errors);
    this.#isRunning = false;
    if (this.#errors.length === 0) return;
    const [first] = this.#errors;
    this.#errors.length = 0;
    throw first;
  }
}
