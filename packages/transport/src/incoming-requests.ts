import { type Deadline, DeadlineQueue } from './deadline-queue.ts';
import {
  RequestCancelledError,
  RequestDeadlineError,
  type RequestRefusal,
  RequestRefusedError,
  TransportClosedError,
  type TransportError,
} from './errors.ts';
import { IdTable } from './id-table.ts';
import type { NodeId } from './node-id.ts';
import type { RequesterParts } from './outgoing-requests.ts';
import { pooledCopy } from './pooled-copy.ts';
import { ReplayWindow } from './replay-window.ts';
import {
  checkMethod,
  errorText,
  REPLY_OVERHEAD_BYTES,
  type RequestAnswer,
  type RequestCall,
} from './request-codec.ts';
import type { RequesterOptions } from './requester-options.ts';
import type { RequestContext, RequestHandler } from './requester.ts';
import type { Delivery, Unsubscribe } from './transport.ts';

/** Peers remembered, at most. Beyond, the one first heard of is forgotten with its answers. */
const CALLERS_MAX = 4_096;

/** One incarnation of a peer that asks: what it asked before, and what it was answered. */
interface Caller {
  readonly peerId: NodeId;
  readonly incarnation: number;
  readonly seen: ReplayWindow;
  readonly running: IdTable<RunningRequest>;
  readonly remembered: Map<number, RequestAnswer>;
  rememberedBytes: number;
}

/** The answering half of a requester: runs each request of a peer at most once. */
export class IncomingRequests {
  readonly #parts: RequesterParts;
  readonly #onError: RequesterOptions['onError'];
  /** Answers are worth keeping only where the carrier can deliver a request twice. */
  readonly #keepsAnswers: boolean;
  readonly #payloadBytesMax: number;
  readonly #handlers = new Map<string, { readonly handler: RequestHandler }>();
  readonly #callers = new Map<NodeId, Caller>();
  readonly #deadlines: DeadlineQueue<RunningRequest>;
  #runningCount = 0;
  #isClosed = false;

  constructor(
    parts: RequesterParts,
    carrier: { readonly mayDuplicate: boolean; readonly maxPayloadBytes: number },
    onError: RequesterOptions['onError'],
  ) {
    this.#parts = parts;
    this.#onError = onError;
    this.#keepsAnswers = carrier.mayDuplicate;
    this.#payloadBytesMax = carrier.maxPayloadBytes - REPLY_OVERHEAD_BYTES;
    this.#deadlines = new DeadlineQueue(parts.clock, (running) => {
      const { method, remainingMs } = running.call;
      running.abort(new RequestDeadlineError(parts.channel.localId, method, remainingMs));
    });
  }

  /** See `Requester.serve`. */
  serve(method: string, handler: RequestHandler): Unsubscribe {
    checkMethod(method);
    if (this.#handlers.has(method)) {
      throw new RangeError(`method: expected one without a handler, got ${method}`);
    }
    // The same function may be served again later; only this object tells the two apart.
    const served = { handler };
    this.#handlers.set(method, served);
    return () => {
      if (this.#handlers.get(method) === served) this.#handlers.delete(method);
    };
  }

  /** Runs `call`, unless it ran before or must not start. */
  received(call: RequestCall, delivery: Delivery): void {
    const caller = this.#callerOf(delivery);
    if (caller?.seen.accept(call.correlation) !== true) {
      this.#parts.counters.duplicateRequestCount += 1;
      // None is there while the first delivery runs: its answer will serve both.
      const answer = caller?.remembered.get(call.correlation);
      if (answer !== undefined) this.#send(delivery.from, answer);
      return;
    }
    const deadlineMs = delivery.receivedAtMs + call.remainingMs;
    const served = this.#handlers.get(call.method);
    const refusal = this.#refusal(caller, deadlineMs);
    if (refusal !== undefined) this.#refuse(caller, call, ...refusal);
    else if (served === undefined) {
      this.#refuse(caller, call, 'noSuchMethod', `${call.method} is not served here`);
    } else this.#run(served.handler, new RunningRequest(caller, call, deadlineMs));
  }

  /** The caller of `correlation` no longer waits. */
  cancelled(correlation: number, delivery: Delivery): void {
    const caller = this.#callerOf(delivery);
    // A cancel that overtook its request: seen now, the request will not start.
    if (caller?.seen.accept(correlation) !== false) return;
    const running = caller.running.get(correlation);
    running?.abort(new RequestCancelledError(running.call.method, { definite: false }));
  }

  /** Tells every handler to stop, and sends no answer any more. */
  close(): void {
    this.#isClosed = true;
    const reason = new TransportClosedError(this.#parts.channel.localId, { definite: false });
    for (const caller of this.#callers.values()) abortAll(caller, reason);
    this.#callers.clear();
    this.#deadlines.clear();
    this.#handlers.clear();
  }

  #refusal(caller: Caller, deadlineMs: number): [RequestRefusal, string] | undefined {
    const { clock, limits } = this.#parts;
    const isCallerBusy = caller.running.size >= limits.runningPerPeerMax;
    if (isCallerBusy || this.#runningCount >= limits.runningMax) {
      return ['overloaded', 'too many requests are running'];
    }
    if (clock.nowMs() >= deadlineMs) return ['expired', 'the deadline passed before the start'];
    return undefined;
  }

  #refuse(caller: Caller, call: RequestCall, reason: RequestRefusal, message: string): void {
    this.#parts.counters.refusedRequestCount += 1;
    const { correlation } = call;
    this.#answer(caller, { kind: 'refusal', correlation, reason, message: errorText(message) });
  }

  #run(handler: RequestHandler, running: RunningRequest): void {
    this.#runningCount += 1;
    running.caller.running.set(running.call.correlation, running);
    this.#deadlines.add(running);
    let reply: Uint8Array | Promise<Uint8Array>;
    try {
      // The carrier lends the payload only until this call returns, and a handler may go on.
      reply = handler(pooledCopy(running.call.payload), running);
    } catch (error) {
      this.#finish(running, this.#failure(running, error));
      return;
    }
    if (reply instanceof Uint8Array) {
      this.#finish(running, this.#reply(running, reply));
      return;
    }
    Promise.resolve(reply).then(
      (payload) => this.#finish(running, this.#reply(running, payload)),
      (error: unknown) => this.#finish(running, this.#failure(running, error)),
    );
  }

  #finish(running: RunningRequest, answer: RequestAnswer): void {
    const { caller, call } = running;
    this.#runningCount -= 1;
    caller.running.delete(call.correlation);
    this.#deadlines.remove(running);
    if (running.isAborted || this.#isClosed) this.#parts.counters.unsentAnswerCount += 1;
    else this.#answer(caller, answer);
  }

  #reply(running: RunningRequest, payload: unknown): RequestAnswer {
    const { correlation, method } = running.call;
    if (payload instanceof Uint8Array) {
      if (payload.length <= this.#payloadBytesMax) return { kind: 'reply', correlation, payload };
      const limit = `at most ${this.#payloadBytesMax} bytes`;
      const error = new RangeError(`reply: expected ${limit}, got ${payload.length}`);
      return this.#failure(running, error);
    }
    const error = new TypeError(`reply: expected a Uint8Array of ${method}, got something else`);
    return this.#failure(running, error);
  }

  #failure(running: RunningRequest, error: unknown): RequestAnswer {
    const { correlation, method } = running.call;
    const text = error instanceof Error ? error.message : 'the handler threw no Error';
    const message = errorText(text);
    if (error instanceof RequestRefusedError) {
      return { kind: 'refusal', correlation, reason: 'declined', message };
    }
    this.#onError?.(error, { from: running.from, method });
    return { kind: 'failure', correlation, message };
  }

  #answer(caller: Caller, answer: RequestAnswer): void {
    if (this.#keepsAnswers) this.#remember(caller, answer);
    this.#send(caller.peerId, answer);
  }

  #send(to: NodeId, answer: RequestAnswer): void {
    const { channel, counters } = this.#parts;
    if (channel.send(to, answer) === 'dropped') counters.unsentAnswerCount += 1;
  }

  #remember(caller: Caller, answer: RequestAnswer): void {
    const { rememberedPerPeerMax, rememberedBytesPerPeerMax } = this.#parts.limits;
    const { remembered } = caller;
    // The handler may reuse its buffer.
    const kept =
      answer.kind === 'reply' ? { ...answer, payload: pooledCopy(answer.payload) } : answer;
    remembered.set(answer.correlation, kept);
    caller.rememberedBytes += payloadBytes(kept);
    for (const [correlation, oldest] of remembered) {
      const isFull = remembered.size > rememberedPerPeerMax;
      if (!isFull && caller.rememberedBytes <= rememberedBytesPerPeerMax) return;
      remembered.delete(correlation);
      caller.rememberedBytes -= payloadBytes(oldest);
    }
  }

  /** The state of the sender of `delivery`; undefined if it has restarted since it sent this. */
  #callerOf({ from, incarnation }: Delivery): Caller | undefined {
    const known = this.#callers.get(from);
    if (known?.incarnation === incarnation) return known;
    if (known !== undefined) {
      if (known.incarnation > incarnation) return undefined;
      // Nobody waits for what the old process asked.
      abortAll(known, new RequestCancelledError('request', { definite: false }));
    } else if (this.#callers.size >= CALLERS_MAX) {
      const oldest = this.#callers.keys().next();
      if (oldest.done !== true) this.#callers.delete(oldest.value);
    }
    const caller: Caller = {
      peerId: from,
      incarnation,
      seen: new ReplayWindow(windowSize(this.#parts.limits.runningPerPeerMax)),
      running: new IdTable(),
      remembered: new Map(),
      rememberedBytes: 0,
    };
    this.#callers.set(from, caller);
    return caller;
  }
}

/** What a handler sees of its request, and what is left of it while the handler runs. */
class RunningRequest implements RequestContext, Deadline {
  readonly caller: Caller;
  readonly call: RequestCall;
  readonly deadlineMs: number;
  queueIndex = -1;
  queueOrder = 0;
  // Made when first asked for: a controller costs more than the rest of a small request.
  #controller: AbortController | undefined;
  #abortReason: TransportError | undefined;

  constructor(caller: Caller, call: RequestCall, deadlineMs: number) {
    this.caller = caller;
    this.call = call;
    this.deadlineMs = deadlineMs;
  }

  get from(): NodeId {
    return this.caller.peerId;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Whether nobody waits for the answer. */
  get isAborted(): boolean {
    return this.#abortReason !== undefined;
  }

  abort(reason: TransportError): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}

function abortAll(caller: Caller, reason: TransportError): void {
  for (const running of caller.running.values()) running.abort(reason);
}

/** Enough numbers that those still running are always told apart, four times over. */
function windowSize(runningPerPeerMax: number): number {
  return 2 ** Math.min(24, Math.max(10, Math.ceil(Math.log2(runningPerPeerMax)) + 2));
}

function payloadBytes(answer: RequestAnswer): number {
  return answer.kind === 'reply' ? answer.payload.length : 0;
}
