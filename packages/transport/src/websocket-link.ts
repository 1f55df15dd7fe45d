/*
 * A WebSocket as a link: batches of frames out as binary messages, one batch a message.
 *
 * A WebSocket has messages of its own, but nothing here rests on them: frames delimit themselves,
 * and a message is one more chunk of the stream. What it lacks is a word about back-pressure.
 * `send` takes whatever it is given into a buffer without bounds and never calls back; all there is
 * to see is `bufferedAmount`, the bytes that have not left. So the link hands over one write and
 * asks how much of it is left: little, and the next write may come at once; more, and it asks again
 * after 1, 2, 4 … 50 ms. What waits meanwhile waits in the session's queue, which is bounded.
 *
 * A message that no peer of ours would send ends the link: text, a Blob, or one larger than the
 * largest batch. The close code says which, for whoever finds a stranger on the wire:
 *
 * ```text
 *   4003   a message that is not binary
 *   4009   a message larger than any batch
 * ```
 *
 * Browsers hide codes below 3 000 from scripts, 1 000 excepted; hence not 1003 and 1009.
 *
 * Source: RFC 6455; WHATWG, WebSockets Standard.
 */
import type { Clock, Timer } from './clock.ts';
import { blockBytesMax, frameHeaderBytes } from './frame.ts';
import type { Link, LinkHandler, LinkSecurity } from './link.ts';

/** What events of a `WebSocketLike` carry, each kind its part. */
export interface WebSocketEventLike {
  readonly type: string;
  /** Of 'message': an `ArrayBuffer` or `Uint8Array` if it is binary. */
  readonly data?: unknown;
  /** Of 'error', where the platform tells scripts what went wrong. */
  readonly error?: unknown;
}

/** What is needed of a WebSocket: those of browsers, of Node, of Deno, and of `ws` have it. */
export interface WebSocketLike {
  /** How binary messages arrive. Set to 'arraybuffer', unless they come as buffers of Node. */
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes given to `send` that have not left. */
  readonly bufferedAmount: number;
  /** Queues one binary message. */
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Says goodbye once everything sent has left. */
  close(code?: number, reason?: string): void;
  /** Hangs up at once. `ws` can; the sockets of browsers only close. */
  terminate?(): void;
  /** Calls `listener` with every event of `type`. */
  addEventListener(
    type: 'open' | 'message' | 'error' | 'close',
    listener: (event: WebSocketEventLike) => void,
  ): void;
}

/** What a `WebSocketLink` is made of. */
export interface WebSocketLinkOptions {
  readonly clock: Clock;
  /** Whether the connection is encrypted, which finds damage too. */
  readonly isProtected: boolean;
  /** What TLS knows about the far end. */
  readonly security: LinkSecurity | undefined;
  /** The platform's own, if it has one. */
  readonly crc32: ((bytes: Uint8Array) => number) | undefined;
  /** Larger messages are refused. See `messageBytesMax`. */
  readonly messageBytesMax: number;
}

/** `readyState` of a socket that is open. */
export const openState = 1;

/** Bytes that may be left unsent when the next write comes. */
const LOW_WATER_BYTES = 64 * 1024;

/** Asking for `bufferedAmount`: first after this time, then after twice as long. */
const POLL_MS_MIN = 1;
const POLL_MS_MAX = 50;

/** How long a socket may take to send what it has, before it is cut off. */
const LINGER_MS = 1_000;

const closeCodes = { normal: 1_000, notBinary: 4_003, tooLarge: 4_009 } as const;

/** The largest message that a peer sends to a node whose largest payload this is, in bytes. */
export function messageBytesMax(payloadBytesMax: number): number {
  return Math.max(blockBytesMax, 2 * frameHeaderBytes + payloadBytesMax);
}

/** An open WebSocket as the session layer sees it. See the head of the file. */
export class WebSocketLink implements Link {
  readonly isProtected: boolean;
  readonly crc32?: (bytes: Uint8Array) => number;
  readonly security: LinkSecurity | undefined;
  readonly #socket: WebSocketLike;
  readonly #clock: Clock;
  readonly #messageBytesMax: number;
  #handler: LinkHandler | undefined;
  #timer: Timer | undefined;
  #pollMs = POLL_MS_MIN;
  #closeCode: number = closeCodes.normal;
  #failure: unknown;
  #isOver = false;

  /** @param socket - Open, and owned from now on. */
  constructor(socket: WebSocketLike, options: WebSocketLinkOptions) {
    this.#socket = socket;
    this.#clock = options.clock;
    this.#messageBytesMax = options.messageBytesMax;
    this.isProtected = options.isProtected;
    this.security = options.security;
    if (options.crc32 !== undefined) this.crc32 = options.crc32;
  }

  /** Begins to listen. To be called once, before anything can have arrived. */
  open(handler: LinkHandler): void {
    const socket = this.#socket;
    this.#handler = handler;
    // Node's buffers come without a copy. Blobs would have to be read, and may lie on a disk.
    if (socket.binaryType !== 'nodebuffer') socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#take(data));
    socket.addEventListener('error', (event) => (this.#failure = failureOf(event)));
    socket.addEventListener('close', () => {
      this.#timer?.cancel();
      this.#fail(this.#failure);
    });
  }

  write(batches: readonly Uint8Array[]): void {
    try {
      // Copies, since `ws` may still be writing when the queue fills its buffers again.
      for (const batch of batches) this.#socket.send(batch.slice());
    } catch (error) {
      queueMicrotask(() => this.#fail(error));
      return;
    }
    // Not at once: a link never calls its handler from inside its own methods.
    queueMicrotask(this.#poll);
  }

  end(): void {
    this.#socket.close(closeCodes.normal);
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    const socket = this.#socket;
    const hasFarewell = this.#closeCode !== closeCodes.normal || socket.bufferedAmount > 0;
    if (!hasFarewell && socket.terminate !== undefined) {
      socket.terminate();
      return;
    }
    socket.close(this.#closeCode);
    // A far end that is gone does not say goodbye, and would not be waited for longer by TCP.
    this.#timer = this.#clock.setTimer(LINGER_MS, () => socket.terminate?.());
    this.#timer.unref?.();
  }

  readonly #poll = (): void => {
    if (this.#isOver) return;
    if (this.#socket.bufferedAmount > LOW_WATER_BYTES) {
      this.#timer = this.#clock.setTimer(this.#pollMs, this.#poll);
      this.#pollMs = Math.min(2 * this.#pollMs, POLL_MS_MAX);
      return;
    }
    this.#pollMs = POLL_MS_MIN;
    this.#handler?.written();
  };

  #take(data: unknown): void {
    if (this.#isOver) return;
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
    if (!(bytes instanceof Uint8Array)) {
      this.#closeCode = closeCodes.notBinary;
      this.#handler?.malformed('message, one that is not binary');
    } else if (bytes.length > this.#messageBytesMax) {
      this.#closeCode = closeCodes.tooLarge;
      this.#handler?.malformed(`message, one of ${String(bytes.length)} bytes`);
    } else {
      this.#handler?.received(bytes);
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.destroy();
    this.#handler?.closed(error);
  }
}

/** What an 'error' event says; browsers tell scripts nothing. */
export function failureOf({ error }: WebSocketEventLike): unknown {
  return error ?? new Error('socket: expected a connection that lasts, got an error');
}
