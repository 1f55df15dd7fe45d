import { getEventListeners } from 'node:events';

import { describe, expect, test } from 'vitest';

import {
  AbortableContext,
  HeldContext,
  payOnce,
  RootContext,
  TryContext,
} from '../../src/policies/call-context.ts';
import type { CallContext } from '../../src/policy.ts';
import { RetryBudget } from '../../src/retry-budget.ts';
import { deferred } from '../support/calls.ts';
import { turn } from '../support/stepping-clock.ts';

/** A context of another maker, that knows nothing of ours. */
function foreignContext(attempt = 1): CallContext {
  return { signal: new AbortController().signal, attempt };
}

describe('the root', () => {
  test('has the signal of its caller', () => {
    const { signal } = new AbortController();
    expect(new RootContext(signal).signal).toBe(signal);
  });

  test('has a signal of its own without one, the same each time', () => {
    const root = new RootContext(undefined);
    expect(root.signal).toBe(root.signal);
    expect(root.signal).not.toBe(new RootContext(undefined).signal);
  });
});

describe('tries', () => {
  test('are counted over all retries of a call', () => {
    const root = new RootContext(undefined);
    const second = new TryContext(root, 2);
    const inner = new TryContext(second, 2);
    const third = new TryContext(root, 3);
    expect([root, second, inner, third].map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  });

  test('go on counting where a foreign layer stood', () => {
    expect(new TryContext(foreignContext(3), 2).attempt).toBe(4);
  });
});

describe('a budget', () => {
  test('is paid into once for a call, by whichever layer comes first', () => {
    const [one, other] = [new RetryBudget({ initial: 0 }), new RetryBudget({ initial: 0 })];
    const root = new RootContext(undefined);
    const inner = new AbortableContext(new TryContext(root, 2));
    for (const context of [root, inner, root]) {
      payOnce(one, context);
      payOnce(other, context);
    }
    expect([one.balance, other.balance]).toEqual([0.2, 0.2]);
  });

  test('is paid into by the first try below a foreign layer', () => {
    const budget = new RetryBudget({ initial: 0 });
    payOnce(budget, foreignContext());
    payOnce(budget, foreignContext(2));
    expect(budget.balance).toBe(0.2);
  });
});

describe('an abortable context', () => {
  test('leaves the signal outside alone until its own is read', () => {
    const { signal } = new AbortController();
    const context = new AbortableContext(new RootContext(signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(context.signal.aborted).toBe(false);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    context.end();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('follows the signal outside, with its reason', () => {
    const controller = new AbortController();
    const context = new AbortableContext(new RootContext(controller.signal));
    const { signal } = context;
    controller.abort('enough');
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough']);
  });

  test('begins aborted below a signal that is', () => {
    const context = new AbortableContext(new RootContext(AbortSignal.abort('enough')));
    expect(context.signal.reason).toBe('enough');
  });

  test('is aborted when it is given up, also if its signal is read later', async () => {
    const [early, late] = [new RootContext(undefined), new RootContext(undefined)].map(
      (root) => new AbortableContext(root),
    );
    const { signal } = early!;
    early!.giveUp('too slow');
    late!.giveUp('too slow');
    await turn();
    expect([signal.reason, late!.signal.reason]).toEqual(['too slow', 'too slow']);
  });

  test('is never aborted once the work has ended', async () => {
    const controller = new AbortController();
    const context = new AbortableContext(new RootContext(controller.signal));
    const { signal } = context;
    context.end();
    context.giveUp('too slow');
    controller.abort();
    await turn();
    expect(signal.aborted).toBe(false);
  });
});

describe('a held context', () => {
  test('is quiet at once when nothing was left running', () => {
    let isReleased = false;
    new HeldContext(new RootContext(undefined)).whenQuiet(() => (isReleased = true));
    expect(isReleased).toBe(true);
  });

  test('is quiet when all that was left running has ended, however it ends', async () => {
    const context = new HeldContext(new RootContext(undefined));
    const [first, second] = [deferred<unknown>(), deferred<unknown>()];
    let isReleased = false;
    new AbortableContext(context).abandoned(first.promise);
    context.whenQuiet(() => (isReleased = true));
    // Learnt of only while the other is waited for.
    context.abandoned(second.promise);
    first.resolve(undefined);
    await turn();
    expect(isReleased).toBe(false);
    second.reject(new Error('late'));
    await turn();
    expect(isReleased).toBe(true);
  });

  test('tells the layers further out too', async () => {
    const outer = new HeldContext(new RootContext(undefined));
    const inner = new HeldContext(outer);
    const work = deferred<unknown>();
    let isReleased = false;
    inner.abandoned(work.promise);
    outer.whenQuiet(() => (isReleased = true));
    expect(isReleased).toBe(false);
    work.resolve(undefined);
    await turn();
    expect(isReleased).toBe(true);
  });
});
