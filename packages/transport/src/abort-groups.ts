/**
 * Which items wait on which signal, with one listener per signal.
 *
 * A caller often passes one long-lived signal to thousands of requests. A listener for each would
 * make every removal a search through all of them.
 *
 * @remarks
 * `add` and `remove` are O(1).
 */
export class AbortGroups<Item> {
  readonly #onAborted: (item: Item) => void;
  readonly #groups = new Map<AbortSignal, Group<Item>>();

  /** `onAborted` gets each item of a signal that is aborted, in the order of `add`. */
  constructor(onAborted: (item: Item) => void) {
    this.#onAborted = onAborted;
  }

  /** Lets `item` wait on `signal`, which is not aborted yet. */
  add(signal: AbortSignal, item: Item): void {
    const group = this.#groups.get(signal) ?? this.#open(signal);
    group.items.add(item);
  }

  /** Ends the wait of `item` on `signal`. Does nothing if it does not wait. */
  remove(signal: AbortSignal, item: Item): void {
    const group = this.#groups.get(signal);
    group?.items.delete(item);
    if (group?.items.size === 0) this.#close(signal, group);
  }

  /** Ends every wait. */
  clear(): void {
    for (const [signal, group] of this.#groups) this.#close(signal, group);
  }

  #open(signal: AbortSignal): Group<Item> {
    const items = new Set<Item>();
    const listener = (): void => {
      this.#groups.delete(signal);
      for (const item of items) this.#onAborted(item);
    };
    const group = { items, listener };
    signal.addEventListener('abort', listener, { once: true });
    this.#groups.set(signal, group);
    return group;
  }

  #close(signal: AbortSignal, group: Group<Item>): void {
    signal.removeEventListener('abort', group.listener);
    this.#groups.delete(signal);
  }
}

interface Group<Item> {
  readonly items: Set<Item>;
  readonly listener: () => void;
}
