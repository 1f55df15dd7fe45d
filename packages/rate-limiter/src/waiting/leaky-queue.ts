import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { assertCost, assertKey } from '../checks.ts';
import type { Decision, Limited } from '../decision.ts';
import { RateLimiterClosedError } from '../errors.ts';
import type { Priority, RateLimiter } from '../rate-limiter.ts';
import { FairLine, type TenantWaiting, WEIGHT_MAX } from './fair-line.ts';
import { type Sleeper, WakeQueue } from './wake-queue.ts';

/** Characters of a tenant's name. */
const TENANT_LENGTH_MAX = 1_024;

/** What a queue is made of. */
export interface LeakyQueueOptions {
  /**
   * What paces those who wait: a limiter of a GCRA or token bucket policy, whose waits add up.
   * Those who ask it directly do not wait in line.
   */
  readonly limiter: RateLimiter;
  /** How many may wait for one key, an integer of at least 1. Default 100. */
  readonly maxWaitingPerKey?: number;
  /**
   * How many of one tenant may wait for one key, an integer of at least 1. Default: all of a line.
   * Even then, who has less waiting is let into a full line in place of the last of who has most.
   */
  readonly maxWaitingPerTenant?: number;
  /**
   * How many tenants may wait for one key, and how many that lately did are remembered: an integer
   * of at least 1. Default: `maxWaitingPerKey`.
   */
  readonly maxTenantsPerKey?: number;
  /**
   * How much of the turns a tenant has beside the others, an integer of 1..1,000: one of weight 2
   * has two where one of weight 1 has one. Read when a tenant that does not wait comes to. Default:
   * 1 for all.
   */
  readonly weightOf?: (tenant: string) => number;
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
  /**
   * Who shares the turns for a key: each that waits has its part of them, whatever the others ask.
   * At most 1,024 characters. Default: `''`, one tenant for all who do not say.
   */
  readonly tenant?: string;
  /** Who of the same tenant goes first. Default `'normal'`. */
  readonly priority?: Priority;
  /** Leaves the line once it is aborted; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Lets requests wait for their turn instead of turning them away: a leaky bucket as a queue.
 *
 * A line for each key, in which tenants have fair parts of the turns, see `FairLine`; within
 * each, first come, first served in a priority, see `WaitingLine` for how nobody starves. Whoever
 * cannot get a turn in time is told at once and does not wait in vain. Nothing is charged before
 * the turn comes, so who leaves has nothing to give back. All lines share one timer, which holds
 * no process open; a line without anybody in it takes no memory.
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
  readonly #maxWaitingPerTenant: number;
  readonly #maxTenantsPerKey: number;
  readonly #weightOf: (tenant: string) => number;
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
    const { maxWaitingPerTenant = maxWaitingPerKey, maxTenantsPerKey = maxWaitingPerKey } = options;
    const { kind } = limiter.policy;
    if (kind !== 'gcra' && kind !== 'tokenBucket') {
      throw new RangeError(`limiter: expected one of gcra or tokenBucket, got ${kind}`);
    }
    assertCount('maxWaitingPerKey', maxWaitingPerKey);
    assertCount('maxWaitingPerTenant', maxWaitingPerTenant);
    assertCount('maxTenantsPerKey', maxTenantsPerKey);
    assertCount('maxWaiting', maxWaiting);
    assertWait(maxWaitMs);
    this.#limiter = limiter;
    this.#maxWaitingPerKey = maxWaitingPerKey;
    this.#maxWaitingPerTenant = maxWaitingPerTenant;
    this.#maxTenantsPerKey = maxTenantsPerKey;
    this.#weightOf = options.weightOf ?? (() => 1);
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
   *   `maxWaitMs` or the line is full, or later if more important ones took the time or tenants
   *   with less waiting the place.
   * @throws RangeError or TypeError for bad input or a bad weight, RateLimiterClosedError after
   *   `close`; the reason of `signal` once it is aborted.
   */
  async wait(key: string, options: WaitOptions = {}): Promise<Decision> {
    const { cost = 1, maxWaitMs = this.#maxWaitMs, priority = 'normal', signal } = options;
    const { tenant = '' } = options;
    assertKey(key);
    assertCost('cost', cost);
    assertWait(maxWaitMs);
    assertTenant(tenant);
    if (this.#isClosed) throw new RateLimiterClosedError('queue');
    signal?.throwIfAborted();
    const weight = this.#weightOf(tenant);
    assertWeight(weight);
    const wanted = { cost, priority, tenant, weight };
    const nowMs = this.#clock.nowMs();
    const line = this.#lines.get(key);
    if (line === undefined) {
      const first = this.#limiter.take(key, { cost, nowMs });
      if (first.kind === 'admitted' || first.reason !== 'limitReached') return first;
      if (first.retryAfterMs > maxWaitMs || this.#waitingCount >= this.#maxWaiting) return first;
    } else {
      const refused = this.#refusal(line, { ...wanted, maxWaitMs }, nowMs);
      if (refused !== undefined) return refused;
    }
    const decision = await this.#join(key, { ...wanted, signal, dueMs: nowMs + maxWaitMs });
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

  /**
   * Why somebody who comes now would wait in vain; `undefined` if the turn should come in time, and
   * there is a place, if need be that of another one.
   */
  #refusal(
    line: Line,
    wanted: Wanted & { readonly maxWaitMs: number },
    nowMs: number,
  ): Limited | undefined {
    const look = this.#limiter.peek(line.key, { cost: wanted.cost, nowMs });
    if (look.kind === 'limited' && look.reason !== 'limitReached') return look;
    const { tenant, priority, weight, maxWaitMs } = wanted;
    const retryAfterMs = this.#waitMs(look, line.waiters.costBefore(tenant, priority, weight));
    if (retryAfterMs > maxWaitMs || !this.#hasRoom(line, tenant)) {
      return limitedFor(look, retryAfterMs);
    }
    if (this.#isFull(line)) this.#pushOut(line, tenant, nowMs);
    return undefined;
  }

  /** How long it takes to serve what comes before, and then what `look` is about. */
  #waitMs(look: Decision, costBefore: number): number {
    const { limit, windowMs } = this.#limiter.policy;
    const ownMs = look.kind === 'limited' ? look.retryAfterMs : 0;
    return ownMs + (costBefore * windowMs) / limit;
  }

  #isFull(line: Line): boolean {
    return line.waiters.size >= this.#maxWaitingPerKey || this.#waitingCount >= this.#maxWaiting;
  }

  #hasRoom(line: Line, tenant: string): boolean {
    const { waiters } = line;
    if (waiters.sizeOf(tenant) >= this.#maxWaitingPerTenant) return false;
    if (!this.#isFull(line)) return waiters.hasRoomFor(tenant);
    return waiters.outnumbered(tenant) !== undefined && waiters.hasRoomFor(tenant);
  }

  /** Takes the last of the tenant with most waiting out of a line that is full. */
  #pushOut(line: Line, tenant: string, nowMs: number): void {
    const last = line.waiters.outnumbered(tenant);
    if (last === undefined) return;
    const look = this.#limiter.peek(line.key, { cost: last.cost, nowMs });
    const costBefore = line.waiters.costBefore(last.tenant, last.priority, last.weight);
    last.leave(limitedFor(look, this.#waitMs(look, costBefore - last.cost)));
  }

  /** What came of waiting; `undefined` if the signal or `close` ended it. */
  #join(
    key: string,
    {
      signal,
      dueMs,
      ...wanted
    }: Wanted & { readonly signal: AbortSignal | undefined; readonly dueMs: number },
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
        const look = this.#limiter.peek(key, { cost: wanted.cost, nowMs });
        leave(look.kind === 'limited' ? look : limitedFor(look, 0));
        this.#serve(line, nowMs);
      };
      const waiter: Waiter = { ...wanted, leave, wake, dueMs, queueIndex: -1 };
      signal?.addEventListener('abort', onAbort);
      line.waiters.add(waiter, wanted.weight);
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
      waiters: new FairLine<Waiter>({ maxTenants: this.#maxTenantsPerKey }),
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

/** What somebody wants to wait for. */
interface Wanted extends TenantWaiting {
  readonly weight: number;
}

interface Waiter extends Wanted, Sleeper {
  /** Takes it out of its line and of the queue of sleepers, once, with what came of it. */
  readonly leave: (decision: Decision | undefined) => void;
}

interface Line extends Sleeper {
  readonly key: string;
  readonly waiters: FairLine<Waiter>;
}

function limitedFor(look: Decision, retryAfterMs: number): Limited {
  const { policyName, limit, remaining, resetAfterMs } = look;
  const reason = 'limitReached';
  return { kind: 'limited', reason, policyName, limit, remaining, resetAfterMs, retryAfterMs };
}

function assertCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
}

function assertWait(maxWaitMs: number): void {
  if (maxWaitMs >= 0 && maxWaitMs < Infinity) return;
  throw new RangeError(`maxWaitMs: expected a finite number of at least 0, got ${maxWaitMs}`);
}

function assertTenant(tenant: unknown): void {
  if (typeof tenant !== 'string') {
    throw new TypeError(`tenant: expected a string, got ${typeof tenant}`);
  }
  if (tenant.length <= TENANT_LENGTH_MAX) return;
  throw new RangeError(
    `tenant: expected at most ${TENANT_LENGTH_MAX} characters, got ${tenant.length}`,
  );
}

function assertWeight(weight: number): void {
  if (Number.isInteger(weight) && weight >= 1 && weight <= WEIGHT_MAX) return;
  throw new RangeError(`weightOf: expected an integer of 1..${WEIGHT_MAX}, got ${weight}`);
}
