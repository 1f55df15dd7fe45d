/**
 * A queue without end; who leaves it keeps its place and its tokens; the less important starve; one
 * large request at the head blocks everybody for ever.
 *
 * Protection: lines are bounded, nothing is charged before the turn, every fourth turn is the
 * oldest's, and what never fits does not queue.
 */
import { describe, expect, test } from 'vitest';

import { gcra, LeakyQueue, RateLimiter } from '../../src/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

function queueOf(burst = 1, maxWaitingPerKey = 100) {
  const clock = new ManualClock();
  const policy = gcra({ limit: 10, windowMs: 1_000, burst });
  const limiter = new RateLimiter({ policy, clock });
  return { clock, limiter, queue: new LeakyQueue({ limiter, clock, maxWaitingPerKey }) };
}

describe('a queue', () => {
  test('is bounded, and says how long it would have been', async () => {
    const { clock, queue } = queueOf(1, 2);
    await queue.wait('k');
    const waiting = [queue.wait('k'), queue.wait('k')];
    await settle();
    const refused = await queue.wait('k');
    expect(refused).toMatchObject({ kind: 'limited', retryAfterMs: 300 });
    await clock.advance(200);
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['admitted', 'admitted']);
  });

  test('gives turns in the order of arrival within a priority', async () => {
    const { clock, queue } = queueOf();
    await queue.wait('k');
    const turns: string[] = [];
    for (const name of ['low 1', 'normal 1', 'critical 1', 'normal 2', 'critical 2']) {
      const priority = name.startsWith('low')
        ? 'low'
        : name.startsWith('n')
          ? 'normal'
          : 'critical';
      void queue.wait('k', { priority }).then(() => turns.push(name));
    }
    await clock.advance(1_000);
    // The fourth turn is that of whoever has waited longest.
    expect(turns).toEqual(['critical 1', 'critical 2', 'normal 1', 'low 1', 'normal 2']);
  });

  test('lets nobody starve behind an endless stream of more important ones', async () => {
    const { clock, queue } = queueOf();
    await queue.wait('k');
    const served: string[] = [];
    const low = queue.wait('k', { priority: 'low', maxWaitMs: 60_000 });
    void low.then(({ kind }) => served.push(kind));
    for (let count = 0; count < 10; count += 1) {
      void queue.wait('k', { priority: 'critical', maxWaitMs: 60_000 });
      await clock.advance(100);
    }
    expect(served).toEqual(['admitted']);
  });

  test('forgets who leaves, whose turn goes to the next', async () => {
    const { clock, queue, limiter } = queueOf(5);
    await queue.wait('k', { cost: 5 });
    const controller = new AbortController();
    const reason = new Error('gone');
    const large = queue.wait('k', { cost: 5, signal: controller.signal });
    const small = queue.wait('k');
    await clock.advance(100);
    expect(queue.waitingCount).toBe(2);
    controller.abort(reason);
    await expect(large).rejects.toBe(reason);
    expect((await small).kind).toBe('admitted');
    expect(queue.waitingCount).toBe(0);
    expect(limiter.peek('k').remaining).toBe(0);
  });

  test('gives a large one its turn although small ones keep coming', async () => {
    const { clock, queue } = queueOf(5);
    await queue.wait('k', { cost: 5 });
    let isServed = false;
    void queue.wait('k', { cost: 5 }).then(() => {
      isServed = true;
    });
    for (let count = 0; count < 5; count += 1) {
      void queue.wait('k');
      await clock.advance(100);
    }
    expect(isServed).toBe(true);
  });

  test('refuses at once who cannot be in time', async () => {
    const { queue } = queueOf();
    await queue.wait('k');
    const late = await queue.wait('k', { maxWaitMs: 99 });
    expect(late).toMatchObject({ kind: 'limited', retryAfterMs: 100 });
    void queue.wait('k', { maxWaitMs: 100 });
    await settle();
    expect(await queue.wait('k', { maxWaitMs: 199 })).toMatchObject({ retryAfterMs: 200 });
  });
});
