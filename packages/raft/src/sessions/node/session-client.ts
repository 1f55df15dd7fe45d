import type { Clock, NodeId, Random, Timer, Unsubscribe } from '@quorate/transport';

import type { WaitOptions } from '../../node/outcomes.ts';
import { type GaveUp, Waiter, WaitingRoom } from '../../node/waiter.ts';
import { type CallOutcome, doubtful, judge, rejected } from '../call-outcome.ts';
import { CallWindow } from '../call-window.ts';
import type { SessionAttempt, SessionRequest } from '../messages.ts';
import { type PaceBounds, RetryPace } from '../retry-pace.ts';
import { TargetChoice } from '../target-choice.ts';
import type { SessionPort } from './session-port.ts';

/** A part of its lifetime after which a silent session is kept alive. */
const KEEP_ALIVE_SHARE = 3;

/** What a client of a cluster needs, and how patient it is. */
export interface SessionClientOptions {
  readonly port: SessionPort;
  /** The nodes that may be asked. At least one. */
  readonly nodeIds: readonly NodeId[];
  readonly clock: Clock;
  /** Names sessions and spreads retries. Two clients must never draw the same. */
  readonly random: Random;
  /**
   * How long one node is waited for before another is asked, in ms; doubled each time that none
   * answers, up to 16 times. More than 0. Default 1 000.
   */
  readonly attemptTimeoutMs?: number;
  /** The first pause before a call is tried again, in ms; doubled each time. Default 20. */
  readonly retryMsMin?: number;
  /** The longest pause, in ms. Default 1 000. */
  readonly retryMsMax?: number;
  /**
   * Calls under way: from the oldest that is not settled on. Raise it for throughput, at the price
   * of the responses that the cluster keeps. At most the session's `backlogMax`. Default 256.
   */
  readonly windowMax?: number;
  /** Calls that wait for room in the window; those beyond are rejected. Default 4 096. */
  readonly queueMax?: number;
}

/** What happens to a client's session. */
export type SessionEvent =
  | { readonly kind: 'opened'; readonly sessionId: number }
  /** What the session held is released, or will be. The next call opens another. */
  | { readonly kind: 'expired'; readonly sessionId: number };

/** One life of one session, as its client sees it. */
interface Epoch {
  readonly sessionId: number;
  readonly window: CallWindow;
  readonly ttlMs: number;
  /** Of what keeps it alive. */
  readonly pace: RetryPace;
  /** When the last attempt left that was answered. */
  heardMs: number;
  timer: Timer | undefined;
}

interface Call {
  readonly payload: Uint8Array;
  readonly waiter: Waiter<CallOutcome>;
  readonly deadlineMs: number;
  /** Its place in a session, once it has one. It never moves to another. */
  place: { readonly epoch: Epoch; readonly sequence: number } | undefined;
  isAttempting: boolean;
  isInDoubt: boolean;
  isSettled: boolean;
  readonly pace: RetryPace;
  retry: Timer | undefined;
}

/**
 * Calls the state machine of a cluster, each call once, whatever is lost or crashes on the way.
 *
 * ```text
 *   call ─► queue ─► window: a number in the session ─► attempt ─► committed
 *                                      ▲                   │
 *                                      └── pause, other ◄──┤ no leader, no reply
 *                                          node            └► rejected, unknown
 * ```
 *
 * @remarks
 * Calls under way together may be applied in any order; whoever needs an order waits for one before
 * making the next. A session is opened by the first call, and kept alive until `close`.
 */
export class SessionClient {
  readonly #options: Required<SessionClientOptions>;
  readonly #targets: TargetChoice;
  readonly #pace: PaceBounds;
  readonly #room: WaitingRoom;
  readonly #queued = new Set<Call>();
  readonly #placed = new Set<Call>();
  readonly #observers = new Set<(event: SessionEvent) => void>();
  #epoch: Epoch | undefined = undefined;
  #isOpening = false;
  #isClosed = false;

  /** @throws RangeError if a number is out of its range, or there is no node. */
  constructor(options: SessionClientOptions) {
    this.#options = {
      ...{ attemptTimeoutMs: 1_000, retryMsMin: 20, retryMsMax: 1_000 },
      ...{ windowMax: 256, queueMax: 4_096 },
      ...options,
    };
    const { attemptTimeoutMs, retryMsMin, retryMsMax, windowMax, queueMax } = this.#options;
    for (const [name, value] of Object.entries({ attemptTimeoutMs, retryMsMin, retryMsMax })) {
      if (Number.isFinite(value) && value > 0) continue;
      throw new RangeError(`${name}: expected a finite number above 0, got ${value}`);
    }
    for (const [name, value] of Object.entries({ windowMax, queueMax })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
    }
    this.#pace = { pauseMsMin: retryMsMin, pauseMsMax: retryMsMax, attemptMs: attemptTimeoutMs };
    this.#targets = new TargetChoice(options.nodeIds);
    this.#room = new WaitingRoom(options.clock);
  }

  /** The session that calls go to now; `undefined` before the first and after it has ended. */
  get sessionId(): number | undefined {
    return this.#epoch?.sessionId;
  }

  /**
   * Has `command` applied once.
   *
   * @param command - Copied before the call returns.
   * @returns 'committed' with the response, 'rejected' if it certainly was not and will not be
   *   applied. 'unknown' only if the wait is over, or the session, while an attempt is in doubt.
   */
  call(command: Uint8Array, options: WaitOptions = {}): Promise<CallOutcome> {
    if (!(command instanceof Uint8Array)) {
      throw new TypeError(`command: expected a Uint8Array, got ${typeof command}`);
    }
    const { clock, queueMax } = this.#options;
    if (this.#isClosed) return Promise.resolve(rejected('closed'));
    if (options.signal?.aborted === true) return Promise.resolve(rejected('aborted'));
    if (this.#queued.size >= queueMax) return Promise.resolve(rejected('overloaded'));
    const { timeoutMs = 10_000 } = options;
    const waiter = new Waiter<CallOutcome>(this.#room, { ...options, timeoutMs }, (reason) =>
      this.#giveUp(call, reason),
    );
    const call: Call = {
      payload: command.slice(),
      waiter,
      deadlineMs: clock.nowMs() + timeoutMs,
      place: undefined,
      isAttempting: false,
      isInDoubt: false,
      isSettled: false,
      pace: new RetryPace(this.#pace),
      retry: undefined,
    };
    this.#queued.add(call);
    this.#pump();
    return waiter.promise;
  }

  /** Calls `listener` with every event from now on, in order, never from inside a call. */
  observe(listener: (event: SessionEvent) => void): Unsubscribe {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  /**
   * Ends the session: settles all calls, and tells the cluster, once, best effort. A session of
   * which the cluster does not hear ends by its lifetime. Idempotent.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const call of [...this.#queued, ...this.#placed]) this.#settle(call, closedOutcome(call));
    const epoch = this.#epoch;
    this.#epoch = undefined;
    epoch?.timer?.cancel();
    if (epoch !== undefined) {
      await this.#ask({ kind: 'close', sessionId: epoch.sessionId }, new RetryPace(this.#pace));
    }
  }

  /** Gives queued calls a place, as far as there is room, and opens a session if there is none. */
  #pump(): void {
    if (this.#isClosed || this.#queued.size === 0) return;
    const epoch = this.#epoch;
    if (epoch === undefined) {
      if (!this.#isOpening) void this.#open();
      return;
    }
    for (const call of this.#queued) {
      if (epoch.window.isFull) return;
      this.#queued.delete(call);
      this.#placed.add(call);
      const sequence = epoch.window.issue();
      call.place = { epoch, sequence };
      void this.#attempt(call, epoch, sequence);
    }
  }

  /** Tries until a session is open, as long as anybody needs one. */
  async #open(): Promise<void> {
    this.#isOpening = true;
    // The same in every attempt, so that a lost reply does not leave a session behind.
    const nonce = hexOf(this.#options.random.bytes(16));
    const pace = new RetryPace(this.#pace);
    while (!this.#isClosed && this.#queued.size > 0) {
      const sentMs = this.#options.clock.nowMs();
      const { attempt, next } = await this.#ask({ kind: 'open', nonce }, pace);
      if (attempt.kind === 'answered' && attempt.answer.kind === 'opened') {
        this.#isOpening = false;
        this.#onOpened(attempt.answer, sentMs);
        return;
      }
      await this.#pause(pace.pauseMs(next, this.#options.random.float()));
    }
    this.#isOpening = false;
  }

  #onOpened(
    { sessionId, ttlMs, backlogMax }: { sessionId: number; ttlMs: number; backlogMax: number },
    heardMs: number,
  ): void {
    if (this.#isClosed) {
      void this.#ask({ kind: 'close', sessionId }, new RetryPace(this.#pace));
      return;
    }
    const window = new CallWindow(Math.min(this.#options.windowMax, backlogMax));
    const pace = new RetryPace(this.#pace);
    const epoch: Epoch = { sessionId, window, ttlMs, pace, heardMs, timer: undefined };
    this.#epoch = epoch;
    this.#keepAliveLater(epoch, ttlMs / KEEP_ALIVE_SHARE);
    this.#emit({ kind: 'opened', sessionId });
    this.#pump();
  }

  async #attempt(call: Call, epoch: Epoch, sequence: number): Promise<void> {
    const { sessionId, window } = epoch;
    const { acknowledgedThrough } = window;
    call.isAttempting = true;
    const sentMs = this.#options.clock.nowMs();
    const { attempt, next } = await this.#ask(
      { kind: 'call', sessionId, sequence, acknowledgedThrough, payload: call.payload },
      call.pace,
      call.deadlineMs - sentMs,
    );
    call.isAttempting = false;
    this.#learn(epoch, attempt, sentMs);
    if (call.isSettled) return;
    const verdict = judge(attempt, call.isInDoubt);
    if (verdict.kind === 'settled') {
      this.#settle(call, verdict.outcome);
      return;
    }
    call.isInDoubt = verdict.isInDoubt;
    const pauseMs = call.pace.pauseMs(next, this.#options.random.float());
    call.retry = this.#options.clock.setTimer(pauseMs, () => {
      void this.#attempt(call, epoch, sequence);
    });
  }

  /** One attempt at the node that is most likely to lead. */
  async #ask(
    request: SessionRequest,
    pace: RetryPace,
    remainingMs = Infinity,
  ): Promise<{ readonly attempt: SessionAttempt; readonly next: 'atOnce' | 'later' }> {
    const asked = this.#targets.current;
    const timeoutMs = Math.max(1, Math.min(pace.attemptMs, remainingMs));
    const attempt = await this.#options.port.attempt(asked, request, { timeoutMs });
    if (attempt.kind === 'unknown') pace.onUnanswered();
    const isAnswered = attempt.kind === 'answered';
    const leaderId = attempt.kind === 'rejected' ? attempt.leaderId : undefined;
    return { attempt, next: this.#targets.learn(asked, { isAnswered, leaderId }) };
  }

  #learn(epoch: Epoch, attempt: SessionAttempt, sentMs: number): void {
    if (attempt.kind !== 'answered') return;
    const { answer } = attempt;
    if (answer.kind !== 'refused' || answer.reason !== 'expired') {
      epoch.heardMs = Math.max(epoch.heardMs, sentMs);
      return;
    }
    if (this.#epoch !== epoch) return;
    epoch.timer?.cancel();
    this.#epoch = undefined;
    this.#emit({ kind: 'expired', sessionId: epoch.sessionId });
    this.#pump();
  }

  #keepAliveLater(epoch: Epoch, delayMs: number): void {
    epoch.timer = this.#options.clock.setTimer(delayMs, () => void this.#keepAlive(epoch));
  }

  async #keepAlive(epoch: Epoch): Promise<void> {
    const pauseMs = epoch.ttlMs / KEEP_ALIVE_SHARE;
    const nowMs = this.#options.clock.nowMs();
    const restMs = epoch.heardMs + pauseMs - nowMs;
    if (restMs > 0) {
      this.#keepAliveLater(epoch, restMs);
      return;
    }
    const { sessionId, window } = epoch;
    const { acknowledgedThrough } = window;
    const { attempt } = await this.#ask(
      { kind: 'keepAlive', sessionId, acknowledgedThrough },
      epoch.pace,
    );
    this.#learn(epoch, attempt, nowMs);
    if (this.#epoch !== epoch) return;
    const retryMs = Math.min(pauseMs, this.#options.retryMsMax);
    this.#keepAliveLater(epoch, attempt.kind === 'answered' ? pauseMs : retryMs);
  }

  #giveUp(call: Call, reason: GaveUp): void {
    if (call.isAttempting || call.isInDoubt) this.#settle(call, doubtful(reason));
    else this.#settle(call, rejected(reason === 'timeout' ? 'unavailable' : reason));
  }

  #settle(call: Call, outcome: CallOutcome): void {
    call.isSettled = true;
    call.retry?.cancel();
    this.#queued.delete(call);
    this.#placed.delete(call);
    call.place?.epoch.window.settle(call.place.sequence);
    call.waiter.settle(outcome);
    this.#pump();
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.setTimer(pauseMs, resolve);
    });
  }

  #emit(event: SessionEvent): void {
    // What an observer throws is its own affair, not that of the call that came by.
    for (const observer of this.#observers) {
      this.#options.clock.setTimer(0, () => {
        observer(event);
      });
    }
  }
}

function closedOutcome(call: Call): CallOutcome {
  return call.isAttempting || call.isInDoubt ? doubtful('closed') : rejected('closed');
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
