import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { assertCost, assertKey } from '../checks.ts';
import type { Decision, Limited } from '../decision.ts';
import { RateLimiterClosedError } from '../errors.ts';
import type { Priority, RateLimiter } from '../rate-limiter.ts';
import { type Waiting, WaitingLine } from './waiting-line.ts';
import { type Sleeper, WakeQueue } from './wake-queue.ts';

/** What a queue is made of. */
export interface LeakyQueueOptions {
  /**
   * What paces those who wait: a limiter of a GCRA or token bucket policy, whose waits add up.
   * Those who ask it directly do not wait in line.
   */
  readonly limiter: RateLimiter;
  /** How many may wait for one key, an integer of at least 1. Default 100. */
  readonly maxWaitingPerKey?: number;
  /** How many may wait at all, an integer of at least 1. Default 10,000. */
  readonly maxWaiting?: number;
  /**
   * How long anybody waits who does not say, in milliseconds. Raising it smooths longer bursts and
   * makes those in them wait as long. Default 10,000.
   */
  readonly maxWaitMs?: number;
  /** That of the limiter. Default: the system's. */
  readonly clock?: Clock;
}

/** What one request waits for. */
export interface WaitOptions {
  /** An integer of 1..2^31-1. Default 1. */
  readonly cost?: number;
  /** How long it may take until the turn comes, in milliseconds. Default: that of the queue. */
  readonly maxWaitMs?: number;
  /** Who goes first. Default `'normal'`. */
  readonly priority?: Priority;
  /** Leaves the line once it is aborted; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Lets requests wait for their turn instead of turning them away: a leaky bucket as a queue.
 *
 * A line for each key, first come, first served within a priority; see `WaitingLine` for how nobody
 * starves. Whoever cannot get a turn in time is told at once and does not wait in vain. Nothing is
 * charged before the turn comes, so who leaves has nothing to give back. All lines share one timer,
 * which holds no process open; a line without anybody in it takes no memory.
 *
 * @example
 * ```ts
 * import { gcra, LeakyQueue, RateLimiter } from '@quorate/rate-limiter';
 *
 * const limiter = new RateLimiter({ policy: gcra({ limit: 1_000, windowMs: 1_000, burst: 1 }) });
 * const queue = new LeakyQueue({ limiter });
 * const turns = await Promise.all([queue.wait('api'), queue.wait('api'), queue.wait('api')]);
 * turns.map(({ kind }) => kind); // => ['admitted', 'admitted', 'admitted']
 * ```
 */
export class LeakyQueue {
  readonly #limiter: RateLimiter;
  readonly #maxWaitingPerKey: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #clock: Clock;
  readonly #wakes: WakeQueue;
  readonly #lines = new Map<string, Line>();
  #waitingCount = 0;
  #isClosed = false;

  /** @throws RangeError if an option is not as it says. */
  constructor(options: LeakyQueueOptions) {
    const { limiter, maxWaitingPerKey = 100, maxWaiting = 10_000, maxWaitMs = 10_000 } = options;
    const { kind } = limiter.policy;
    if (kind !== 'gcra' && kind !== 'tokenBucket') {
      throw new RangeError(`limiter: expected one of gcra or tokenBucket, got ${kind}`);
    }
    assertCount('maxWaitingPerKey', maxWaitingPerKey);
    assertCount('maxWaiting', maxWaiting);
    assertWait(maxWaitMs);
    this.#limiter = limiter;
    this.#maxWaitingPerKey = maxWaitingPerKey;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitMs = maxWaitMs;
    this.#clock = options.clock ?? systemClock;
    this.#wakes = new WakeQueue(this.#clock);
  }

  /** How many wait now. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** Keys somebody waits for. */
  get lineCount(): number {
    return this.#lines.size;
  }

  /**
   * Waits for a turn.
   *
   * @returns Admitted when the turn has come. Limited at once if it would take longer than
   *   `maxWaitMs` or the line is full, or later if more important ones took the time.
   * @throws RangeError or TypeError for bad input, RateLimiterClosedError after `close`; the reason
   *   of `signal` once it is aborted.
   */
  async wait(key: string, options: WaitOptions = {}): Promise<Decision> {
    const { cost = 1, maxWaitMs = this.#maxWaitMs, priority = 'normal', signal } = options;
    assertKey(key);
    assertCost('cost', cost);
    assertWait(maxWaitMs);
    if (this.#isClosed) throw new RateLimiterClosedError('queue');
    signal?.throwIfAborted();
    const nowMs = this.#clock.nowMs();
    const line = this.#lines.get(key);
    if (line === undefined) {
      const first = this.#limiter.take(key, { cost, nowMs });
      if (first.kind === 'admitted' || first.reason !== 'limitReached') return first;
      if (first.retryAfterMs > maxWaitMs || this.#waitingCount >= this.#maxWaiting) return first;
    } else {
      const refused = this.#refusal(line, { cost, priority, maxWaitMs }, nowMs);
      if (refused !== undefined) return refused;
    }
    const decision = await this.#join(key, { cost, priority, signal, dueMs: nowMs + maxWaitMs });
    if (decision !== undefined) return decision;
    signal?.throwIfAborted();
    throw new RateLimiterClosedError('queue');
  }

  /** Lets nobody wait any more: all that do are rejected, once. */
  close(): void {
    this.#isClosed = true;
    for (const line of [...this.#lines.values()]) {
      for (const waiter of line.waiters.all()) waiter.leave(undefined);
    }
  }

  /** Why somebody who comes now would wait in vain; `undefined` if the turn should come in time. */
  #refusal(
    line: Line,
    { cost, priority, maxWaitMs }: Waiting & { readonly maxWaitMs: number },
    nowMs: number,
  ): Limited | undefined {
    const look = this.#limiter.peek(line.key, { cost, nowMs });
    if (look.kind === 'limited' && look.reason !== 'limitReached') return look;
    const { limit, windowMs } = this.#limiter.policy;
    const ownMs = look.kind === 'limited' ? look.retryAfterMs : 0;
    const retryAfterMs = ownMs + (line.waiters.costBefore(priority) * windowMs) / limit;
    const isFull =
      line.waiters.size >= this.#maxWaitingPerKey || this.#waitingCount >= this.#maxWaiting;
    if (!isFull && retryAfterMs <= maxWaitMs) return undefined;
    const { policyName, remaining, resetAfterMs } = look;
    return {
      kind: 'limited',
      reason: 'limitReached',
      policyName,
      limit,
      remaining,
      resetAfterMs,
      retryAfterMs,
    };
  }

  /** What came of waiting; `undefined` if the signal or `close` ended it. */
  #join(
    key: string,
    {
      cost,
      priority,
      signal,
      dueMs,
    }: Waiting & { readonly signal: AbortSignal | undefined; readonly dueMs: number },
  ): Promise<Decision | undefined> {
    return new Promise((resolve) => {
      const line = this.#lineOf(key);
      let isOver = false;
      const leave = (decision: Decision | undefined): void => {
        if (isOver) return;
        isOver = true;
        signal?.removeEventListener('abort', onAbort);
        this.#wakes.cancel(waiter);
        this.#leave(line, waiter);
        resolve(decision);
      };
      const onAbort = (): void => {
        leave(undefined);
        // Whoever is next may cost less.
        this.#serve(line, this.#clock.nowMs());
      };
      const wake = (nowMs: number): void => {
        // The turn may come at the last instant.
        this.#serve(line, nowMs);
        if (isOver) return;
        const look = this.#limiter.peek(key, { cost, nowMs });
        leave(look.kind === 'limited' ? look : tooLate(look));
        this.#serve(line, nowMs);
      };
      const waiter: Waiter = { cost, priority, leave, wake, dueMs, queueIndex: -1 };
      signal?.addEventListener('abort', onAbort);
      line.waiters.add(waiter);
      this.#waitingCount += 1;
      this.#wakes.sleep(waiter, dueMs);
      this.#serve(line, this.#clock.nowMs());
    });
  }

  /** Gives turns as long as the limiter does, then sleeps until it will again. */
  #serve(line: Line, nowMs: number): void {
    for (;;) {
      const next = line.waiters.next();
      if (next === undefined) return;
      const decision = this.#limiter.take(line.key, { cost: next.cost, nowMs });
      if (decision.kind === 'limited') {
        this.#wakes.sleep(line, nowMs + Math.min(decision.retryAfterMs, this.#maxWaitMs));
        return;
      }
      line.waiters.served(next);
      next.leave(decision);
    }
  }

  #lineOf(key: string): Line {
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line: Line = {
      key,
      waiters: new WaitingLine<Waiter>(),
      dueMs: 0,
      queueIndex: -1,
      wake: (nowMs) => this.#serve(line, nowMs),
    };
    this.#lines.set(key, line);
    return line;
  }

  #leave(line: Line, waiter: Waiter): void {
    line.waiters.remove(waiter);
    this.#waitingCount -= 1;
    if (line.waiters.size > 0) return;
    this.#wakes.cancel(line);
    this.#lines.delete(line.key);
  }
}

interface Waiter extends Waiting, Sleeper {
  /** Takes it out of its line and of the queue of sleepers, once, with what came of it. */
  readonly leave: (decision: Decision | undefined) => void;
}

interface Line extends Sleeper {
  readonly key: string;
  readonly waiters: WaitingLine<Waiter>;
}

function tooLate(look: Decision): Limited {
  const { policyName, limit, remaining, resetAfterMs } = look;
  return {
    kind: 'limited',
    reason: 'limitReached',
    policyName,
    limit,
    remaining,
    resetAfterMs,
    retryAfterMs: 0,
  };
}

function assertCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
}

function assertWait(maxWaitMs: number): void {
  if (maxWaitMs >= 0 && maxWaitMs < Infinity) return;
  throw new RangeError(`maxWaitMs: expected a finite number of at least 0, got ${maxWaitMs}`);
}
