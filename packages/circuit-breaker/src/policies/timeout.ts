/*
 * A bound on how long a call is waited for.
 *
 * At the deadline the caller gets an error and the work is told to stop, through its signal. What
 * the work answers later is dropped, a failure as well as a result; no layer outside hears of it,
 * except that something still runs.
 *
 * One timer serves all calls of a timeout, and is not touched when a call ends: a call sets no
 * timer of its own, reads the clock once, and has a signal only if it asks for one.
 *
 * When a process stands still, for a long collection or on a suspended laptop, all deadlines pass
 * at once, and timers run before the answers that came meanwhile are read. Those calls were
 * answered in time; it was us who did not look. So when the timer comes late by `stallMs` or more,
 * each call that is due gets that long again, once.
 */
import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { checkNumber, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import { checkClock } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { AbortableContext } from './call-context.ts';
import { CallTimeoutError } from './errors.ts';
import { isPromiseLike } from './promise-like.ts';
import { quietClock } from './quiet-clock.ts';

/** What `timeout` may be told. */
export interface TimeoutOptions {
  /** How long the work may take, in milliseconds, above 0 and up to 2^31-1. */
  readonly timeoutMs: number;
  /**
   * A timer that comes this much too late shows that this process stood still: calls that are due
   * then get as long again, once. In milliseconds, above 0; 100 if left out.
   */
  readonly stallMs?: number;
  /** The machine's if left out. */
  readonly clock?: Clock;
}

/**
 * A policy that rejects with a `CallTimeoutError` when the work takes longer.
 *
 * @throws RangeError if an option is out of its range.
 *
 * @remarks
 * Its timer does not hold the process open. A timeout that passes after the caller gave up rejects
 * with the caller's reason: it says nothing about the service.
 */
export function timeout(options: TimeoutOptions): Policy {
  return new Timeout(options);
}

class Timeout implements Policy {
  readonly #timeoutMs: number;
  readonly #stallMs: number;
  readonly #clock: Clock;
  readonly #deadlines: DeadlineQueue<TimedCall>;

  constructor(options: TimeoutOptions) {
    checkRecord('options', options);
    const { timeoutMs, stallMs = 100, clock = systemClock } = options;
    checkNumber('timeoutMs', timeoutMs, Number.MIN_VALUE, DELAY_MS_MAX);
    checkNumber('stallMs', stallMs, Number.MIN_VALUE, DELAY_MS_MAX);
    checkClock(clock);
    this.#timeoutMs = timeoutMs;
    this.#stallMs = stallMs;
    this.#clock = clock;
    this.#deadlines = new DeadlineQueue(quietClock(clock), (call) => this.#due(call));
  }

  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    return new Promise((resolve, reject) => {
      const call = new TimedCall(context, this.#clock.nowMs() + this.#timeoutMs, reject);
      // What this throws rejects the promise.
      const answer = work(call);
      if (!isPromiseLike(answer)) {
        call.end();
        resolve(answer);
        return;
      }
      // A thenable of someone else may break its promises: answer twice, or throw.
      const pending = Promise.resolve(answer);
      call.pending = pending;
      this.#deadlines.add(call);
      pending.then(
        (result) => {
          this.#ended(call);
          resolve(result);
        },
        (error: unknown) => {
          this.#ended(call);
          call.reject(error);
        },
      );
    });
  }

  #ended(call: TimedCall): void {
    this.#deadlines.remove(call);
    call.end();
  }

  #due(call: TimedCall): void {
    const nowMs = this.#clock.nowMs();
    if (!call.isGraced && nowMs - call.deadlineMs >= this.#stallMs) {
      call.isGraced = true;
      call.deadlineMs = nowMs + this.#stallMs;
      this.#deadlines.add(call);
      return;
    }
    const { signal } = call.outer;
    const reason: unknown = signal.aborted ? signal.reason : new CallTimeoutError(this.#timeoutMs);
    if (call.pending !== undefined) call.outer.abandoned?.(call.pending);
    call.giveUp(reason);
    call.reject(reason);
  }
}

class TimedCall extends AbortableContext implements Deadline {
  deadlineMs: number;
  queueIndex = -1;
  queueOrder = 0;
  isGraced = false;
  pending: Promise<unknown> | undefined;
  readonly reject: (error: unknown) => void;

  constructor(outer: CallContext, deadlineMs: number, reject: (error: unknown) => void) {
    super(outer);
    this.deadlineMs = deadlineMs;
    this.reject = reject;
  }
}
