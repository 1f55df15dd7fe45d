import { AbortGroups } from './abort-groups.ts';
import type { Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import { type Deadline, DeadlineQueue } from './deadline-queue.ts';
import {
  PeerRestartedError,
  RequestCancelledError,
  RequestDeadlineError,
  RequestFailedError,
  RequestRefusedError,
  TransportClosedError,
  type TransportError,
} from './errors.ts';
import { IdTable } from './id-table.ts';
import type { NodeId } from './node-id.ts';
import { pooledCopy } from './pooled-copy.ts';
import { checkMethod, type RequestAnswer, type RequestMessage } from './request-codec.ts';
import type { RequesterCounters, RequesterLimits } from './requester-options.ts';
import type { RequestOptions } from './requester.ts';
import type { Delivery, PeerEvent } from './transport.ts';

/** What the two halves of a requester share. */
export interface RequesterParts {
  readonly channel: Channel<RequestMessage>;
  readonly clock: Clock;
  readonly limits: RequesterLimits;
  readonly counters: RequesterCounters;
}

/** A request that left and has not ended. */
interface PendingRequest extends Deadline {
  readonly correlation: number;
  readonly peer: PeerInFlight;
  readonly method: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** The peer's incarnation when the request left, if it was known. */
  readonly incarnation: number | undefined;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: TransportError) => void;
}

/** What is known about one peer. Kept while it is up or requests to it wait. */
interface PeerInFlight {
  readonly peerId: NodeId;
  count: number;
  incarnation: number | undefined;
}

/** The asking half of a requester: what this node asked, and how each request ends, once. */
export class OutgoingRequests {
  readonly #parts: RequesterParts;
  readonly #pending = new IdTable<PendingRequest>();
  readonly #peers = new Map<NodeId, PeerInFlight>();
  readonly #deadlines: DeadlineQueue<PendingRequest>;
  readonly #aborts: AbortGroups<PendingRequest>;
  #nextCorrelation: number;
  #isClosed = false;

  /** `firstCorrelation` is larger than any number used before in this incarnation of the node. */
  constructor(parts: RequesterParts, firstCorrelation: number) {
    this.#parts = parts;
    this.#nextCorrelation = firstCorrelation;
    this.#deadlines = new DeadlineQueue(parts.clock, (request) => {
      const { peer, method, timeoutMs } = request;
      this.#settle(request);
      request.reject(new RequestDeadlineError(peer.peerId, method, timeoutMs));
    });
    this.#aborts = new AbortGroups((request) => {
      const cause: unknown = request.signal?.reason;
      this.#settle(request);
      const { correlation, peer, method } = request;
      parts.channel.send(peer.peerId, { kind: 'cancel', correlation });
      request.reject(new RequestCancelledError(method, { definite: false, cause }));
    });
  }

  /** The number that the next request will have. */
  get nextCorrelation(): number {
    return this.#nextCorrelation;
  }

  /** See `Requester.request`. */
  request(
    to: NodeId,
    method: string,
    payload: Uint8Array,
    options: RequestOptions,
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      // What this throws rejects the promise: a caller has one place to look for errors.
      checkPayload(payload);
      const refusal = this.#refusal(to, method, options);
      if (refusal !== undefined) throw refusal;
      const { timeoutMs, signal } = options;
      const correlation = this.#nextCorrelation;
      const outcome = this.#parts.channel.send(to, {
        kind: 'request',
        correlation,
        remainingMs: Math.min(Math.ceil(timeoutMs), Number.MAX_SAFE_INTEGER),
        method,
        payload,
      });
      if (outcome === 'dropped') {
        throw new RequestRefusedError('unreachable', `${to} cannot be reached from here`);
      }
      this.#nextCorrelation += 1;
      const peer = this.#peerOf(to);
      const { incarnation } = peer;
      const deadlineMs = this.#parts.clock.nowMs() + timeoutMs;
      this.#register({
        ...{ correlation, peer, method, timeoutMs, signal, incarnation, resolve, reject },
        ...{ deadlineMs, queueIndex: -1, queueOrder: 0 },
      });
    });
  }

  /** Ends the request that `answer` belongs to, if it waits for this peer. */
  answered({ from, incarnation }: Delivery, answer: RequestAnswer): void {
    const request = this.#pending.get(answer.correlation);
    if (request?.peer.peerId !== from) {
      this.#parts.counters.unexpectedAnswerCount += 1;
      return;
    }
    // The carrier may have reported the peer 'up' before this requester existed.
    request.peer.incarnation ??= incarnation;
    this.#settle(request);
    switch (answer.kind) {
      case 'reply':
        request.resolve(pooledCopy(answer.payload));
        return;
      case 'refusal':
        request.reject(new RequestRefusedError(answer.reason, answer.message));
        return;
      case 'failure':
        request.reject(new RequestFailedError(from, answer.message));
        return;
    }
  }

  /** Learns from the carrier: requests to a process that is gone will not be answered. */
  peerChanged(event: PeerEvent): void {
    if (event.kind === 'up') {
      const { peer: peerId, incarnation } = event;
      this.#peerOf(peerId).incarnation = incarnation;
      for (const request of this.#pending.values()) {
        const { peer, incarnation: asked } = request;
        if (peer.peerId !== peerId || asked === undefined || asked === incarnation) continue;
        this.#settle(request);
        request.reject(new PeerRestartedError(peerId, request.method));
      }
    } else if (event.kind === 'down') {
      const peer = this.#peers.get(event.peer);
      if (peer === undefined) return;
      // What is sent from now on may reach the next incarnation as well as this one.
      peer.incarnation = undefined;
      this.#forget(peer);
    }
  }

  /** Ends every request, and refuses those to come. */
  close(): void {
    this.#isClosed = true;
    const { localId } = this.#parts.channel;
    for (const request of this.#pending.values()) {
      request.reject(new TransportClosedError(localId, { definite: false }));
    }
    this.#pending.clear();
    this.#peers.clear();
    this.#deadlines.clear();
    this.#aborts.clear();
  }

  /** Why a request may not leave; undefined if it may. */
  #refusal(to: NodeId, method: string, options: RequestOptions): Error | undefined {
    const { timeoutMs, signal } = options;
    const { channel, limits } = this.#parts;
    checkMethod(method);
    if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
      return new RangeError(`timeoutMs: expected a finite number > 0, got ${timeoutMs}`);
    }
    if (this.#isClosed) return new TransportClosedError(channel.localId, { definite: true });
    if (signal?.aborted === true) {
      return new RequestCancelledError(method, { definite: true, cause: signal.reason });
    }
    if (this.#pending.size >= limits.inFlightMax) {
      return new RequestRefusedError('overloaded', `${limits.inFlightMax} requests in flight`);
    }
    if ((this.#peers.get(to)?.count ?? 0) >= limits.inFlightPerPeerMax) {
      const message = `${limits.inFlightPerPeerMax} requests in flight to ${to}`;
      return new RequestRefusedError('overloaded', message);
    }
    return undefined;
  }

  #register(request: PendingRequest): void {
    this.#pending.set(request.correlation, request);
    request.peer.count += 1;
    this.#deadlines.add(request);
    if (request.signal !== undefined) this.#aborts.add(request.signal, request);
  }

  /** Takes `request` out of every table: from here on it ends by the caller of this, only. */
  #settle(request: PendingRequest): void {
    this.#pending.delete(request.correlation);
    this.#deadlines.remove(request);
    if (request.signal !== undefined) this.#aborts.remove(request.signal, request);
    request.peer.count -= 1;
    this.#forget(request.peer);
  }

  #peerOf(peerId: NodeId): PeerInFlight {
    let peer = this.#peers.get(peerId);
    if (peer === undefined) {
      peer = { peerId, count: 0, incarnation: undefined };
      this.#peers.set(peerId, peer);
    }
    return peer;
  }

  #forget(peer: PeerInFlight): void {
    if (peer.count === 0 && peer.incarnation === undefined) this.#peers.delete(peer.peerId);
  }
}

function checkPayload(payload: Uint8Array): void {
  // From plain JavaScript, a text would be encoded as something, silently.
  if (payload instanceof Uint8Array) return;
  throw new TypeError(`payload: expected a Uint8Array, got ${typeof payload}`);
}
