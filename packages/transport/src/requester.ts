import type { NodeId } from './node-id.ts';
import type { Unsubscribe } from './transport.ts';

/** How long a caller waits and how it may give up. */
export interface RequestOptions {
  /** How long the caller waits for the reply, in ms. More than 0. Travels as remaining time. */
  readonly timeoutMs: number;
  /** Aborting it rejects the request at once and tells the peer, best effort. */
  readonly signal?: AbortSignal;
}

/** What a handler knows about the request it serves. */
export interface RequestContext {
  /** Who asks, proven by the carrier. */
  readonly from: NodeId;
  /** When the caller stops waiting, on the local `Clock.nowMs` scale. */
  readonly deadlineMs: number;
  /** Aborted when the caller cancels, the deadline passes or the requester closes. */
  readonly signal: AbortSignal;
}

/**
 * Answers one request. What it throws reaches the caller as a `RequestFailedError` with the message
 * of the error; whether that outcome is definite is the handler's to say by throwing a
 * `RequestRefusedError`.
 */
export type RequestHandler = (
  payload: Uint8Array,
  context: RequestContext,
) => Uint8Array | Promise<Uint8Array>;

/**
 * Request and reply over a `Transport`, with deadlines. Every rejection carries `definite`: whether
 * the operation certainly did not and will not happen.
 */
export interface Requester {
  /**
   * Asks `to` to run `method`.
   *
   * @param payload - Copied before the call returns.
   * @returns The handler's reply, owned by the caller.
   * @throws TransportError (as a rejection) with `code` and `definite`.
   */
  request(
    to: NodeId,
    method: string,
    payload: Uint8Array,
    options: RequestOptions,
  ): Promise<Uint8Array>;

  /**
   * Answers requests for `method`, each at most once per request: a duplicate delivery gets the
   * remembered reply.
   *
   * @throws RangeError if `method` is already served, or is not 1..64 bytes.
   */
  serve(method: string, handler: RequestHandler): Unsubscribe;
}
