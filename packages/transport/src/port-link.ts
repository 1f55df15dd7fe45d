/*
 * A message port as a link: batches of frames out, credit back.
 *
 * A port takes whatever is posted and never says that the other end is slow: the messages pile up
 * in the memory of a process that cannot be asked how many there are. So the receiver grants bytes,
 * as TCP's window does. Three things are posted, told apart by their type:
 *
 * ```text
 *   Uint8Array or array of them    frames; their buffers are moved, not cloned
 *   number                         credit: how many bytes, since the beginning, may be posted
 *   null                           the end: nothing follows
 * ```
 *
 * Credit is a running total, so a repeated grant does no harm. The first comes from each end when
 * it begins to listen; until then the other may post a little, enough for the handshake.
 */
import { invariant } from './invariant.ts';
import type { Link, LinkHandler } from './link.ts';

/** What `MessagePortTransport` needs of a port: those of browsers and of Node have it. */
export interface MessagePortLike {
  /** Posts `message` and gives the buffers in `transfer` away. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Calls `listener` with every event of `type`. 'close' comes on Node alone. */
  addEventListener(
    type: 'message' | 'messageerror' | 'close',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  /** Ports of a channel wait for it; a worker's own port has none. */
  start?(): void;
  /** Ends the channel; nothing posted after is delivered. */
  close(): void;
}

/** Bytes that an end may post before it has heard of the other's credit. */
const FIRST_CREDIT_BYTES = 64 * 1024;

/**
 * Batches up to this size are copied and the copy is moved, because their queue fills them again:
 * a new buffer would cost it as much as the copy. Larger ones hold one message each, are used
 * once, and are moved themselves.
 */
const COPIED_BYTES_MAX = 64 * 1024;

/** What a kind of port does for the bytes that it carries: see the fields of `Link`. */
export interface PortTraits {
  readonly isProtected: boolean;
  readonly crc32?: ((bytes: Uint8Array) => number) | undefined;
}

/** One end of a port as the session layer sees it. */
export class PortLink implements Link {
  readonly isProtected: boolean;
  readonly crc32?: (bytes: Uint8Array) => number;
  readonly security = undefined;
  readonly #port: MessagePortLike;
  readonly #windowBytes: number;
  #handler: LinkHandler | undefined;
  #postedBytes = 0;
  #creditBytes = FIRST_CREDIT_BYTES;
  #receivedBytes = 0;
  #grantedBytes = 0;
  /** Whether the last write still owes its handler a `written`. */
  #owesWritten = false;
  #isOver = false;

  /**
   * @param port - Owned from now on.
   * @param windowBytes - Bytes that the other end may have posted and this one not yet read.
   * @param traits - Those of ports within one machine, if left out.
   */
  constructor(
    port: MessagePortLike,
    windowBytes: number,
    traits: PortTraits = { isProtected: true },
  ) {
    this.#port = port;
    this.#windowBytes = windowBytes;
    this.isProtected = traits.isProtected;
    if (traits.crc32 !== undefined) this.crc32 = traits.crc32;
  }

  /** Begins to listen. To be called once. */
  open(handler: LinkHandler): void {
    this.#handler = handler;
    this.#port.addEventListener('message', ({ data }) => this.#take(data));
    this.#port.addEventListener('messageerror', ({ data }) => {
      const isError = data instanceof Error;
      this.#fail(isError ? data : new Error('port: expected a message it can read, got another'));
    });
    // Node says so, and newer browsers; elsewhere the session notices that the beats have stopped.
    this.#port.addEventListener('close', () => this.#fail(undefined));
    this.#port.start?.();
    this.#grant();
  }

  write(batches: readonly Uint8Array[]): void {
    const moved = batches.map((batch) =>
      batch.length <= COPIED_BYTES_MAX ? batch.slice() : batch,
    );
    for (const batch of moved) this.#postedBytes += batch.length;
    const [first] = moved;
    this.#post(moved.length === 1 ? first : moved, moved.map(bufferOf));
    this.#owesWritten = true;
    // Not at once: a link never calls its handler from inside its own methods.
    if (this.#postedBytes < this.#creditBytes) queueMicrotask(this.#written);
  }

  end(): void {
    this.#post(null, []);
    queueMicrotask(() => this.#fail(undefined));
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#port.close();
  }

  #take(data: unknown): void {
    if (this.#isOver) return;
    if (data instanceof Uint8Array) this.#receive(data);
    else if (Array.isArray(data)) data.forEach((batch) => this.#receive(batch));
    else if (typeof data === 'number') this.#credit(data);
    else if (data === null) this.#fail(undefined);
  }

  #receive(batch: unknown): void {
    if (this.#isOver || !(batch instanceof Uint8Array)) return;
    this.#receivedBytes += batch.length;
    this.#handler?.received(batch);
    this.#grant();
  }

  /** Allows the other end to post more, once that is worth a message. */
  #grant(): void {
    const grantedBytes = this.#receivedBytes + this.#windowBytes;
    if (this.#isOver || grantedBytes - this.#grantedBytes < this.#windowBytes / 4) return;
    this.#grantedBytes = grantedBytes;
    this.#post(grantedBytes, []);
  }

  #credit(bytes: number): void {
    if (bytes > this.#creditBytes) this.#creditBytes = bytes;
    if (this.#postedBytes < this.#creditBytes) this.#written();
  }

  readonly #written = (): void => {
    if (!this.#owesWritten || this.#isOver) return;
    this.#owesWritten = false;
    this.#handler?.written();
  };

  #post(message: unknown, transfer: ArrayBuffer[]): void {
    if (!this.#isOver) this.#port.postMessage(message, transfer);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.destroy();
    this.#handler?.closed(error);
  }
}

function bufferOf(batch: Uint8Array): ArrayBuffer {
  const { buffer } = batch;
  invariant(buffer instanceof ArrayBuffer, 'a queue does not lie in shared memory');
  return buffer;
}
