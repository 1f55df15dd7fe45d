/**
 * The loop over virtual time.
 *
 * ```text
 *   take the earliest event ── fire ── let promise reactions run to their end ── tell listeners
 *            ^                                                                        │
 *            └────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * The rule for promises: after every event that ran code of a node, wait until no reaction is left,
 * before anything else happens. It is sound whatever that code does, because it does not guess
 * what might have been started; `host-tasks.ts` says how it is affordable. Events that ran no code
 * of a node (a lost message, a fault, a late duplicate for a dead node) skip it.
 */
import type { Unsubscribe } from '@quorate/transport';

import { enterSimulatedCode, exitSimulatedCode, installGuards } from './adapters/guards.ts';
import { type HostTasks, hostTasks } from './adapters/host-tasks.ts';
import type { Scheduler, SimulatedEvent } from './scheduler.ts';
import type { TraceLine, TraceRecorder } from './trace.ts';

/** After so many events the loop lets the host breathe: a test runner has messages of its own. */
const eventsPerTurn = 4_096;

/** More events than this at one instant mean that time has stopped. */
const eventsPerInstantMax = 1_000_000;

/** Where the host cannot promise that only reactions run, this many are guarded. */
const guardedReactions = 64;

/** What a loop needs of the simulation around it. */
export interface LoopParts {
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  /** Whether to forbid the machine's own time and randomness in simulated code. */
  readonly isGuarded: boolean;
  /** Throws what code of a node threw, if it did. */
  readonly rethrow: () => void;
}

/** Runs events in order, one at a time, each to the end of what it started. */
export class EventLoop {
  readonly #parts: LoopParts;
  readonly #listeners = new Set<(line: TraceLine) => void>();
  #deferred: (() => void)[] = [];
  #isRunning = false;
  #isInEvent = false;
  #eventCount = 0;
  #instantUs = -1;
  #instantCount = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Events so far. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Calls `listener` after every event that left a line in the trace, with that line. */
  onEvent(listener: (line: TraceLine) => void): Unsubscribe {
    const own = (line: TraceLine): void => listener(line);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Runs `action` between two events: at once, or when the current event is over. */
  betweenEvents(action: () => void): void {
    if (this.#isInEvent) this.#deferred.push(action);
    else action();
  }

  /**
   * Runs what happens until `endUs`, or until `isDone` says so between two events.
   *
   * @returns Whether `isDone` did.
   */
  async run(endUs: number, isDone: () => boolean): Promise<boolean> {
    if (this.#isRunning) throw new Error('run: expected no other run in progress; await it first');
    this.#isRunning = true;
    try {
      const tasks = await hostTasks();
      // What the test called before this run may have left reactions behind. So may a test runner,
      // whose reactions must find the globals as they know them: only then come the guards.
      await this.#settle(tasks);
      return await this.#runGuarded(tasks, endUs, isDone);
    } finally {
      this.#isRunning = false;
    }
  }

  async #runGuarded(tasks: HostTasks, endUs: number, isDone: () => boolean): Promise<boolean> {
    const uninstall = this.#parts.isGuarded ? installGuards() : () => undefined;
    try {
      return await this.#runEvents(tasks, endUs, isDone);
    } finally {
      uninstall();
    }
  }

  async #runEvents(tasks: HostTasks, endUs: number, isDone: () => boolean): Promise<boolean> {
    const { scheduler, trace } = this.#parts;
    for (;;) {
      this.#parts.rethrow();
      if (isDone()) return true;
      const event = scheduler.advance(endUs);
      if (event === undefined) return false;
      this.#countEvent();

      trace.beginEvent();
      if (this.#fire(event)) {
        if (tasks.isExclusive) await tasks.settle();
        else await this.#settleAmongOthers(tasks);
      }
      exitSimulatedCode();
      this.#isInEvent = false;

      if (this.#deferred.length > 0) this.#runDeferred();
      if (this.#listeners.size > 0) this.#tellListeners();
      if (tasks.isExclusive && this.#eventCount % eventsPerTurn === 0) await tasks.yieldToHost();
    }
  }

  /** Enters simulated code, and leaves it again only if `event` breaks the simulator itself. */
  #fire(event: SimulatedEvent): boolean {
    this.#isInEvent = true;
    enterSimulatedCode();
    try {
      return event.fire();
    } catch (error) {
      exitSimulatedCode();
      this.#isInEvent = false;
      throw error;
    }
  }

  /** Waits for the reactions of code that ran outside any event. */
  async #settle(tasks: HostTasks): Promise<void> {
    this.#isInEvent = true;
    await Promise.resolve();
    await tasks.settle();
    this.#isInEvent = false;
    this.#runDeferred();
  }

  /** Foreign tasks may run before ours, and must not be taken for simulated code. */
  async #settleAmongOthers(tasks: HostTasks): Promise<void> {
    for (let count = 0; count < guardedReactions; count += 1) await Promise.resolve();
    exitSimulatedCode();
    await tasks.settle();
    enterSimulatedCode();
  }

  #countEvent(): void {
    const { nowUs } = this.#parts.scheduler;
    this.#eventCount += 1;
    if (nowUs !== this.#instantUs) {
      this.#instantUs = nowUs;
      this.#instantCount = 0;
    }
    this.#instantCount += 1;
    if (this.#instantCount > eventsPerInstantMax) {
      const what = `${eventsPerInstantMax} events at ${nowUs / 1_000} ms`;
      throw new Error(`time does not pass: ${what}, and no end; is a timer of 0 ms set anew?`);
    }
  }

  #runDeferred(): void {
    for (const action of this.#deferred.splice(0)) action();
  }

  #tellListeners(): void {
    const line = this.#parts.trace.firstLine();
    if (line === undefined) return;
    for (const listener of [...this.#listeners]) listener(line);
  }
}
