/*
 * A second try beside the first, when the first takes unusually long. Whoever answers first wins.
 *
 *     try 1  |------------------ . . . aborted, its end counts for nobody
 *     try 2             |----|
 *            0         p95   answer
 *
 * One call in twenty takes longer than the 95th percentile, often because of something that happens
 * to that one server at that moment: a collection, a full queue, a lost packet. The same question
 * asked again is likely to meet none of it. So the delay is a quantile of recent latencies, which
 * bounds the extra load by itself: 5 % of calls are hedged. But when everything becomes slow, every
 * call passes the old percentile, and hedges would double the load just then; so a budget bounds
 * them too. Without a token, without enough samples, with an open circuit there is no hedge, and
 * the call goes on as if there were none: a hedge may help, never harm.
 *
 * What is recorded is the time from the start of the call to its first answer. To record the winner
 * alone would let the percentile sink with every hedge that wins, and with it the delay, until
 * everything is hedged.
 *
 * Source: J. Dean and L. Barroso, "The tail at scale", 2013.
 */
import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { checkInteger, checkNumber, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import { hasCode } from '../failure.ts';
import { checkClock } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { RecentQuantile } from '../quantile.ts';
import { checkBudget, RetryBudget } from '../retry-budget.ts';
import { AbortableContext, payOnce } from './call-context.ts';
import { CallOvertakenError } from './errors.ts';
import { quietClock } from './quiet-clock.ts';

/** What `hedge` may be told. */
export interface HedgeOptions {
  /** After how long the next try begins, in milliseconds, 0..2^31-1. Learnt if left out. */
  readonly delayMs?: number;
  /**
   * Which quantile of recent latencies the learnt delay is, above 0 and up to 1. 0.95 if left out.
   */
  readonly quantile?: number;
  /** How many calls the quantile is taken over, 20..65,536. 512 if left out. */
  readonly sampleCount?: number;
  /** No learnt delay is shorter, in milliseconds, 0..2^31-1. 1 if left out. */
  readonly delayMsMin?: number;
  /** Tries beside the first, 1..10. 1 if left out. */
  readonly maxHedges?: number;
  /**
   * What bounds the extra load. If left out, a hedge for each twenty calls, and one a second, of
   * which ten may be saved up.
   */
  readonly budget?: RetryBudget;
  /** The machine's if left out. */
  readonly clock?: Clock;
}

/** Below this many samples a percentile is a guess. */
const SAMPLES_MIN = 20;

/** One for all: what a loser's signal says is the same for each, and never shown to a caller. */
const overtaken = new CallOvertakenError();

/**
 * A policy that starts a second try when the first takes long.
 *
 * Only for work that does no harm when it is done twice.
 *
 * @throws RangeError if an option is out of its range.
 *
 * @remarks
 * If all tries fail, the caller gets the error of the first, with that of the next as its `cause`
 * unless it has one. A first try that fails before the delay fails the call: this is no retry.
 */
export function hedge(options: HedgeOptions = {}): Hedge {
  return new Hedge(options);
}

/** Starts a second try when the first takes long. */
export class Hedge implements Policy {
  readonly #fixedDelayMs: number | undefined;
  readonly #delayMsMin: number;
  readonly #maxHedges: number;
  readonly #latencies: RecentQuantile;
  readonly #budget: RetryBudget;
  readonly #clock: Clock;
  readonly #alarms: DeadlineQueue<Alarm>;

  /** See `hedge`. */
  constructor(options: HedgeOptions) {
    checkRecord('options', options);
    const { delayMs, quantile = 0.95, sampleCount = 512, delayMsMin = 1, maxHedges = 1 } = options;
    const { budget = new RetryBudget({ ratio: 0.05 }), clock = systemClock } = options;
    if (delayMs !== undefined) checkNumber('delayMs', delayMs, 0, DELAY_MS_MAX);
    checkInteger('sampleCount', sampleCount, SAMPLES_MIN, 65_536);
    checkNumber('delayMsMin', delayMsMin, 0, DELAY_MS_MAX);
    checkInteger('maxHedges', maxHedges, 1, 10);
    checkBudget(budget);
    checkClock(clock);
    this.#fixedDelayMs = delayMs;
    this.#delayMsMin = delayMsMin;
    this.#maxHedges = maxHedges;
    this.#latencies = new RecentQuantile(quantile, sampleCount);
    this.#budget = budget;
    this.#clock = clock;
    this.#alarms = new DeadlineQueue(quietClock(clock), (alarm) => alarm.ring());
  }

  /** After how long the next try begins; undefined as long as too little is known. */
  get delayMs(): number | undefined {
    if (this.#fixedDelayMs !== undefined) return this.#fixedDelayMs;
    if (this.#latencies.count < SAMPLES_MIN) return undefined;
    const valueMs = this.#latencies.valueMs();
    if (valueMs === undefined) return undefined;
    return Math.min(DELAY_MS_MAX, Math.max(this.#delayMsMin, valueMs));
  }

  /** Runs `work`, and again beside it when that takes long. */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    payOnce(this.#budget, context);
    const startedMs = this.#clock.nowMs();
    return new Promise((resolve, reject) => {
      const race = new Race<Result>(work, context, {
        won: (result) => {
          this.#latencies.record(Math.max(0, this.#clock.nowMs() - startedMs));
          resolve(result);
        },
        lost: reject,
      });
      race.start();
      void this.#hedge(race, context);
    });
  }

  /** Starts further tries of `race` as long as it has no winner. */
  async #hedge<Result>(race: Race<Result>, context: CallContext): Promise<void> {
    for (let hedges = 0; hedges < this.#maxHedges; hedges += 1) {
      const delayMs = this.delayMs;
      if (delayMs === undefined) return;
      // Going on from a promise, the next try runs in the asynchronous context of its caller.
      await this.#alarm(race, delayMs);
      if (race.isOver || context.signal.aborted) return;
      if (!this.#budget.tryWithdraw(this.#clock.nowMs())) return;
      race.start();
    }
  }

  /** Resolves after `delayMs`, or once the race is over. */
  #alarm<Result>(race: Race<Result>, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const deadlineMs = this.#clock.nowMs() + delayMs;
      const alarm: Alarm = { deadlineMs, queueIndex: -1, queueOrder: 0, ring: resolve };
      this.#alarms.add(alarm);
      race.onOver = () => {
        this.#alarms.remove(alarm);
        resolve();
      };
    });
  }
}

interface Alarm extends Deadline {
  readonly ring: () => void;
}

/** How a race ends: one of the two is called, once. */
interface Finish<Result> {
  readonly won: (result: Result) => void;
  readonly lost: (error: unknown) => void;
}

interface Runner {
  readonly context: AbortableContext;
  readonly work: Promise<unknown>;
}

/** The tries of one call. */
class Race<Result> {
  readonly #work: Work<Result>;
  readonly #context: CallContext;
  readonly #finish: Finish<Result>;
  readonly #running = new Set<Runner>();
  /** What tries threw, in the order in which they were started. */
  readonly #errors: { readonly order: number; readonly error: unknown }[] = [];
  #started = 0;
  isOver = false;
  /** Called when the race is over. */
  onOver: () => void = () => undefined;

  constructor(work: Work<Result>, context: CallContext, finish: Finish<Result>) {
    this.#work = work;
    this.#context = context;
    this.#finish = finish;
  }

  /** Starts one more try. */
  start(): void {
    const order = this.#started;
    this.#started += 1;
    const context = new AbortableContext(this.#context);
    const work = new Promise<Result>((resolve) => resolve(this.#work(context)));
    const runner = { context, work };
    this.#running.add(runner);
    work.then(
      (result) => {
        this.#running.delete(runner);
        context.end();
        if (!this.isOver) this.#win(result);
      },
      (error: unknown) => {
        this.#running.delete(runner);
        context.end();
        if (!this.isOver) this.#fail(order, error);
      },
    );
  }

  #win(result: Result): void {
    this.#close();
    for (const { context, work } of this.#running) {
      this.#context.abandoned?.(work);
      context.giveUp(overtaken);
    }
    this.#finish.won(result);
  }

  #fail(order: number, error: unknown): void {
    // A hedge that was refused in this process never was; the first try is the call itself.
    const wasRefused = hasCode(error, 'CALL_REFUSED') || hasCode(error, 'CIRCUIT_OPEN');
    if (order === 0 || !wasRefused) this.#errors.push({ order, error });
    if (this.#running.size > 0) return;
    this.#close();
    const [first, second] = this.#errors.toSorted((left, right) => left.order - right.order);
    if (second !== undefined) addCause(first?.error, second.error);
    this.#finish.lost(first?.error);
  }

  #close(): void {
    this.isOver = true;
    this.onOver();
  }
}

/** Lets `error` tell of `cause`, unless it tells of one already. */
function addCause(error: unknown, cause: unknown): void {
  if (!(error instanceof Error) || error === cause || Object.hasOwn(error, 'cause')) return;
  if (!Object.isExtensible(error)) return;
  if (cause instanceof Error && cause.cause === error) return;
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
}
