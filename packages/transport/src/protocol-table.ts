import type { ProtocolName } from './protocol-name.ts';
import type { Delivery, Unsubscribe } from './transport.ts';

/** Names that one transport sends or listens to, at most: a bound on what it remembers. */
export const protocolCountMax = 4_096;

/** What one transport knows about one protocol. Lives as long as the transport. */
export interface ProtocolEntry {
  readonly name: ProtocolName;
  /** Counts the entries of the table from 0: an index for the tables of sessions. */
  readonly index: number;
  /** Whether its messages take the urgent lane. */
  readonly isUrgent: boolean;
  listener: ((delivery: Delivery) => void) | undefined;
}

/**
 * Who listens to what. Entries are handed out once and kept, so that a message is dispatched by
 * reference and not by name.
 */
export class ProtocolTable {
  readonly #entries = new Map<string, ProtocolEntry>();
  readonly #urgent: ReadonlySet<string>;
  readonly #onError: (error: unknown) => void;
  #latest: ProtocolEntry | undefined;

  /**
   * @param urgent - The protocols whose messages overtake others.
   * @param onError - Receives what a listener throws.
   */
  constructor(urgent: readonly ProtocolName[], onError: (error: unknown) => void) {
    this.#urgent = new Set(urgent);
    this.#onError = onError;
  }

  /** The entry of `name` if it has one. Names from the network are looked up here, never kept. */
  find(name: string): ProtocolEntry | undefined {
    return this.#entries.get(name);
  }

  /**
   * The entry of `name`, new if need be. O(1); the last name asked for costs one comparison.
   *
   * @throws RangeError if `name` is one more than `protocolCountMax` names.
   */
  entryOf(name: ProtocolName): ProtocolEntry {
    const latest = this.#latest;
    if (latest?.name === name) return latest;
    const entry = this.#entries.get(name) ?? this.#add(name);
    this.#latest = entry;
    return entry;
  }

  /**
   * Makes `listener` the listener of `name`.
   *
   * @throws RangeError if there is one already.
   */
  subscribe(name: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    const entry = this.entryOf(name);
    if (entry.listener !== undefined) {
      throw new RangeError(`protocol: expected one without a listener, got ${name}`);
    }
    // The same function may be subscribed again later; only this wrapper tells the two apart.
    const own = (delivery: Delivery): void => {
      listener(delivery);
    };
    entry.listener = own;
    return () => {
      if (entry.listener === own) entry.listener = undefined;
    };
  }

  /**
   * Calls the listener of `entry`; what it throws is reported and stops nothing.
   *
   * @returns Whether there was a listener.
   */
  deliver(entry: ProtocolEntry, delivery: Delivery): boolean {
    const { listener } = entry;
    if (listener === undefined) return false;
    try {
      listener(delivery);
    } catch (error) {
      this.#onError(error);
    }
    return true;
  }

  #add(name: ProtocolName): ProtocolEntry {
    const index = this.#entries.size;
    if (index >= protocolCountMax) {
      throw new RangeError(
        `protocol: expected at most ${String(protocolCountMax)} names, got one more: ${name}`,
      );
    }
    const entry = { name, index, isUrgent: this.#urgent.has(name), listener: undefined };
    this.#entries.set(name, entry);
    return entry;
  }
}
