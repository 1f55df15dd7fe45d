import type { CausalMessage } from '../causal-buffer.ts';
import { CausalDelivery } from './causal-delivery.ts';
import type { Group } from './group.ts';
import type { StampedMessage } from './messages.ts';

/**
 * Delivers one message after the other, each when the application is done with the one before: what
 * it publishes from within a delivery, and who it says the members are, has its turn after that.
 */
export class DeliveryLine {
  readonly #deliver: (delivery: CausalDelivery) => void;
  #ownMessages: CausalMessage<StampedMessage>[] = [];
  #later: (() => void)[] = [];
  #isBusy = false;
  #isStopped = false;

  constructor(deliver: (delivery: CausalDelivery) => void) {
    this.#deliver = deliver;
  }

  /** Whether the application is in the middle of a delivery. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** A message that was published here, and has to be delivered here as well. */
  add(message: CausalMessage<StampedMessage>): void {
    this.#ownMessages.push(message);
  }

  /** Something to do when all that is ready was delivered. */
  doLater(what: () => void): void {
    this.#later.push(what);
  }

  /** Delivers nothing any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Delivers what is ready, unless that is happening already. */
  drain(group: Group): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (!this.#isStopped) {
        const next = this.#ownMessages.shift() ?? group.take();
        if (next === undefined) break;
        const { origin, vector, message } = next;
        this.#deliver(new CausalDelivery(origin, group.table.ids, vector, message.payload));
      }
    } finally {
      // What is thrown here is what took an error: the others must have their turn the next time.
      this.#isBusy = false;
    }
    const later = this.#later;
    this.#later = [];
    if (!this.#isStopped) for (const each of later) each();
  }
}
