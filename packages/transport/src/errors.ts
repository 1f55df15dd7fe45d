import type { NodeId } from './node-id.ts';

/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type TransportErrorCode =
  | 'TRANSPORT_CLOSED'
  | 'REQUEST_REFUSED'
  | 'REQUEST_DEADLINE_EXCEEDED'
  | 'REQUEST_CANCELLED'
  | 'REQUEST_FAILED'
  | 'PEER_RESTARTED';

/** The root of every error this package throws on purpose. Match on `code`, not `instanceof`. */
export abstract class TransportError extends Error {
  abstract readonly code: TransportErrorCode;
  /** Whether the operation certainly did not and will not happen: then a retry does no harm. */
  abstract readonly definite: boolean;
}

/** The requester was closed before the call, or (indefinite) while the call waited. */
export class TransportClosedError extends TransportError {
  override readonly name = 'TransportClosedError';
  readonly code = 'TRANSPORT_CLOSED';
  readonly definite: boolean;
  /** The node that closed. */
  readonly localId: NodeId;

  /** `definite` is false for a request that had already left. */
  constructor(localId: NodeId, { definite }: { readonly definite: boolean }) {
    super(`requester of ${localId} is closed; stop its callers before closing it`);
    this.localId = localId;
    this.definite = definite;
  }
}

/** Why a request was not run. */
export type RequestRefusal =
  | 'unreachable' // The transport on this side refused to send it.
  | 'overloaded' // Too many requests in flight, here or at the peer. Try later or elsewhere.
  | 'expired' // Its deadline had passed before the peer could start it.
  | 'noSuchMethod' // The peer serves no such method.
  | 'declined'; // The handler refused, and vouches that nothing happened.

/** The request was certainly not run. A handler throws it to say so of its own request. */
export class RequestRefusedError extends TransportError {
  override readonly name = 'RequestRefusedError';
  readonly code = 'REQUEST_REFUSED';
  readonly definite = true;
  /** Who refused, and why. A handler's refusal always arrives as 'declined'. */
  readonly reason: RequestRefusal;

  constructor(reason: RequestRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** No reply came in time. The request may have run, may be running, or may run yet. */
export class RequestDeadlineError extends TransportError {
  override readonly name = 'RequestDeadlineError';
  readonly code = 'REQUEST_DEADLINE_EXCEEDED';
  readonly definite = false;
  /** Who did not answer. */
  readonly peer: NodeId;

  constructor(peer: NodeId, method: string, timeoutMs: number) {
    super(`${peer} did not answer ${method} within ${timeoutMs} ms`);
    this.peer = peer;
  }
}

/** The caller gave up; `cause` is its signal's reason. Definite only if nothing had left. */
export class RequestCancelledError extends TransportError {
  override readonly name = 'RequestCancelledError';
  readonly code = 'REQUEST_CANCELLED';
  readonly definite: boolean;

  /** `definite` is false for a request that had already left. */
  constructor(method: string, options: { readonly definite: boolean; readonly cause?: unknown }) {
    super(`${method} was cancelled by its caller`, { cause: options.cause });
    this.definite = options.definite;
  }
}

/** The handler ran and threw, or answered with something that cannot be sent. */
export class RequestFailedError extends TransportError {
  override readonly name = 'RequestFailedError';
  readonly code = 'REQUEST_FAILED';
  readonly definite = false;
  /** Whose handler failed. The message is its error's. */
  readonly peer: NodeId;

  constructor(peer: NodeId, message: string) {
    super(message);
    this.peer = peer;
  }
}

/** The peer restarted while the request waited: whether the old process ran it is unknown. */
export class PeerRestartedError extends TransportError {
  override readonly name = 'PeerRestartedError';
  readonly code = 'PEER_RESTARTED';
  readonly definite = false;
  /** Who restarted. */
  readonly peer: NodeId;

  constructor(peer: NodeId, method: string) {
    super(`${peer} restarted before it answered ${method}`);
    this.peer = peer;
  }
}
