import type { WebSocketEventLike, WebSocketLike } from '../../src/websocket-link.ts';

/** A WebSocket whose other end is the test. */
export class ManualSocket implements WebSocketLike {
  binaryType = 'blob';
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];
  readonly closeCodes: (number | undefined)[] = [];
  terminateCount = 0;
  /** What `send` throws, if it is to. */
  failure: Error | undefined;
  readonly #listeners: { type: string; listener: (event: WebSocketEventLike) => void }[] = [];

  send(data: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    this.sent.push(data);
  }

  close(code?: number): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.closeCodes.push(code);
  }

  addEventListener(type: string, listener: (event: WebSocketEventLike) => void): void {
    this.#listeners.push({ type, listener });
  }

  hear(data: unknown): void {
    this.fire('message', { data });
  }

  fire(
    type: 'open' | 'message' | 'error' | 'close',
    event: Partial<WebSocketEventLike> = {},
  ): void {
    if (type === 'open') this.readyState = 1;
    if (type === 'close') this.readyState = 3;
    for (const entry of [...this.#listeners]) {
      if (entry.type === type) entry.listener({ type, ...event });
    }
  }
}

/** One that can hang up, as those of `ws` can. */
export class TerminableSocket extends ManualSocket {
  terminate(): void {
    this.terminateCount += 1;
    this.readyState = 3;
  }
}
