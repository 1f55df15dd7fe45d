import { describe, expect, test } from 'vitest';

import { type GaveUp, Waiter, WaitingRoom } from '../../src/node/waiter.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('Waiter', () => {
  test('settles once, with what came first', async () => {
    const clock = new ManualClock();
    const waiter = new Waiter<string>(new WaitingRoom(clock), {}, () => {});
    waiter.settle('first');
    waiter.settle('second');
    expect(await waiter.promise).toBe('first');
  });

  test('leaves neither timer nor listener behind', () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const reasons: GaveUp[] = [];
    const waiter = new Waiter<string>(
      new WaitingRoom(clock),
      { signal: controller.signal },
      (reason) => reasons.push(reason),
    );
    waiter.settle('done');
    expect(clock.timerCount).toBe(0);
    controller.abort();
    clock.advance(100_000);
    expect(reasons).toEqual([]);
  });

  test('gives up at the deadline, by default after ten seconds', () => {
    const clock = new ManualClock();
    const room = new WaitingRoom(clock);
    const reasons: string[] = [];
    const noted = (name: string) => (reason: GaveUp) => reasons.push(`${name}: ${reason}`);
    const waiters = [
      new Waiter<string>(room, { timeoutMs: 5 }, noted('5 ms')),
      new Waiter<string>(room, {}, noted('default')),
    ];
    expect(waiters).toHaveLength(2);
    clock.advance(4);
    expect(reasons).toEqual([]);
    clock.advance(1);
    expect(reasons).toEqual(['5 ms: timeout']);
    clock.advance(9_994);
    expect(reasons).toHaveLength(1);
    clock.advance(1);
    expect(reasons).toEqual(['5 ms: timeout', 'default: timeout']);
  });

  test('gives up at the abort', () => {
    const controller = new AbortController();
    const reasons: string[] = [];
    const { signal } = controller;
    const waiter = new Waiter<string>(new WaitingRoom(new ManualClock()), { signal }, (reason) => {
      reasons.push(reason);
      waiter.settle(reason);
    });
    controller.abort();
    expect(reasons).toEqual(['aborted']);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a timeout of %d',
    (timeoutMs) => {
      const clock = new ManualClock();
      expect(() => new Waiter<string>(new WaitingRoom(clock), { timeoutMs }, () => {})).toThrow(
        RangeError,
      );
      expect(clock.timerCount).toBe(0);
    },
  );
});
