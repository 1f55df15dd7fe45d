import type { MessagePortLike } from '../../src/port-link.ts';

type Listener = (event: { readonly data?: unknown }) => void;

/** A port whose owner can be kept from reading: what arrives waits, as it would in the port. */
export class StallablePort implements MessagePortLike {
  readonly #port: MessagePortLike;
  readonly #waiting: (() => void)[] = [];
  #isStalled = false;
  #isSevered = false;

  constructor(port: MessagePortLike) {
    this.#port = port;
  }

  /** Everything that arrived and was not read. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    if (!this.#isSevered) this.#port.postMessage(message, transfer);
  }

  addEventListener(type: 'message' | 'messageerror' | 'close', listener: Listener): void {
    this.#port.addEventListener(type, (event) => {
      if (this.#isSevered) return;
      if (this.#isStalled) this.#waiting.push(() => listener(event));
      else listener(event);
    });
  }

  start(): void {
    this.#port.start?.();
  }

  close(): void {
    if (!this.#isSevered) this.#port.close();
  }

  stall(): void {
    this.#isStalled = true;
  }

  resume(): void {
    this.#isStalled = false;
    for (const deliver of this.#waiting.splice(0)) deliver();
  }

  /** From now on nothing passes either way, and neither end is told. */
  sever(): void {
    this.#isSevered = true;
    this.#waiting.length = 0;
  }

  /** Closes what `sever` left open. */
  dispose(): void {
    this.#port.close();
  }
}
