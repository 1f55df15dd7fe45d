/*
 * What each layer hands to the one inside, and what it costs: as little as possible, as late as
 * possible.
 *
 * A signal for each layer of each call would be most of the cost of a call that succeeds: making
 * one, listening to the one outside, aborting it at the end. Here a signal is made when the work
 * first reads it, is joined to the outer one then, and is aborted only if the work must stop. A
 * call that succeeds never aborts anything: nobody is left to be told.
 *
 *     caller's signal  <-  RootContext  <-  TryContext (2nd try)  <-  AbortableContext (timeout)
 *                                                                      ^ signal made when read
 */
import type { CallContext } from '../policy.ts';
import type { RetryBudget } from '../retry-budget.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';

/** The context of a call that no layer has touched yet. */
export class RootContext implements CallContext {
  readonly attempt = 1;
  /** Tries of this call that were begun, over all its retries. */
  tries = 1;
  /** Whether there is a caller who may give up. */
  readonly hasCaller: boolean;
  #signal: AbortSignal | undefined;
  #paidInto: RetryBudget | readonly RetryBudget[] | undefined;

  /** @param signal - That of the caller, if it gave one. */
  constructor(signal: AbortSignal | undefined) {
    this.hasCaller = signal !== undefined;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    // Not one for all calls: work that forgets to remove its listener would leak it for ever.
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }

  /** Pays into `budget` for this call, unless a layer outside has. */
  payInto(budget: RetryBudget): void {
    const paid = this.#paidInto;
    if (paid === budget) return;
    if (paid === undefined) {
      this.#paidInto = budget;
    } else {
      const budgets = 'deposit' in paid ? [paid] : paid;
      if (budgets.includes(budget)) return;
      this.#paidInto = [...budgets, budget];
    }
    budget.deposit();
  }
}

/** A context that differs from the outer one in something. */
abstract class LayerContext implements CallContext {
  readonly outer: CallContext;
  /** Undefined below a context that a layer of someone else made. */
  readonly root: RootContext | undefined;

  constructor(outer: CallContext) {
    this.outer = outer;
    this.root = rootOf(outer);
  }

  get signal(): AbortSignal {
    return this.outer.signal;
  }

  get attempt(): number {
    return this.outer.attempt;
  }

  abandoned(work: PromiseLike<unknown>): void {
    this.outer.abandoned?.(work);
  }
}

/** Where `context` began, if all layers in between are ours. */
function rootOf(context: CallContext): RootContext | undefined {
  if (context instanceof RootContext) return context;
  return context instanceof LayerContext ? context.root : undefined;
}

/** Whether the signal of `context` can ever be aborted, as far as is known without reading it. */
function mayBeAborted(context: CallContext): boolean {
  if (context instanceof AbortableContext) return true;
  if (context instanceof RootContext) return context.hasCaller;
  return context instanceof LayerContext ? mayBeAborted(context.outer) : true;
}

/** Pays into `budget` once for each call, in its outermost layer that knows the budget. */
export function payOnce(budget: RetryBudget, context: CallContext): void {
  const root = rootOf(context);
  if (root !== undefined) root.payInto(budget);
  else if (context.attempt === 1) budget.deposit();
}

/** Another try of the same call. */
export class TryContext extends LayerContext {
  readonly #attempt: number;

  /** @param nth - Which try of its layer it is. */
  constructor(outer: CallContext, nth: number) {
    super(outer);
    if (this.root === undefined) {
      this.#attempt = outer.attempt + nth - 1;
    } else {
      this.root.tries += 1;
      this.#attempt = this.root.tries;
    }
  }

  override get attempt(): number {
    return this.#attempt;
  }
}

/** The context of work that this layer may give up on. */
export class AbortableContext extends LayerContext implements AbortWaiter {
  #controller: AbortController | undefined;
  /** The outer signal that this one follows, once it was read. */
  #followed: AbortSignal | undefined;
  #state: 'running' | 'ended' | 'givenUp' = 'running';
  #reason: unknown;
  #tell: (() => void) | undefined;

  override get signal(): AbortSignal {
    this.#controller ??= this.#open();
    return this.#controller.signal;
  }

  /** The work has ended: nothing aborts its signal any more. */
  end(): void {
    if (this.#state === 'running') this.#state = 'ended';
    this.#unfollow();
  }

  /** Nobody waits for the work any more: its signal is aborted, now or when it is read. */
  giveUp(reason: unknown): void {
    if (this.#state !== 'running') return;
    this.#state = 'givenUp';
    this.#reason = reason;
    this.#unfollow();
    this.#tell?.();
  }

  onAborted(reason: unknown): void {
    this.#followed = undefined;
    this.#controller?.abort(reason);
  }

  #open(): AbortController {
    const controller = new AbortController();
    if (this.#state === 'givenUp') controller.abort(this.#reason);
    if (this.#state !== 'running') return controller;
    if (mayBeAborted(this.outer) && !this.#follow(controller)) return controller;
    // The timer that gives up may have been set by another call. Going on from a promise, the
    // listeners of the work run in the asynchronous context of who reads the signal, not of that.
    const givenUp = new Promise<void>((resolve) => {
      this.#tell = resolve;
    });
    void givenUp.then(() => controller.abort(this.#reason));
    return controller;
  }

  /** Lets `controller` go the way of the signal outside. False if that is at its end. */
  #follow(controller: AbortController): boolean {
    const outer = this.outer.signal;
    if (outer.aborted) {
      controller.abort(outer.reason);
      return false;
    }
    this.#followed = outer;
    watchAbort(outer, this);
    return true;
  }

  #unfollow(): void {
    if (this.#followed === undefined) return;
    unwatchAbort(this.#followed, this);
    this.#followed = undefined;
  }
}

/** A context that knows of the work that layers inside have left running. */
export class HeldContext extends LayerContext {
  #leftRunning = 0;
  #released: (() => void) | undefined;

  override abandoned(work: PromiseLike<unknown>): void {
    super.abandoned(work);
    this.#leftRunning += 1;
    const onEnded = (): void => {
      this.#leftRunning -= 1;
      if (this.#leftRunning === 0) this.#released?.();
    };
    work.then(onEnded, onEnded);
  }

  /** Calls `released` once all that was left running has ended: at once, as a rule. */
  whenQuiet(released: () => void): void {
    if (this.#leftRunning === 0) released();
    else this.#released = released;
  }
}
