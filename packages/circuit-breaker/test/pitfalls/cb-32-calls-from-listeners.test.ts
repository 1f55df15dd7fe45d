/**
 * Elsewhere: a listener that calls the breaker sees transitions in the wrong order, or sends it
 * into a recursion.
 *
 * Protection: events leave a queue one by one, each to all listeners (`listeners.ts`), after the
 * step that caused them is complete.
 */
import { describe, expect, test } from 'vitest';

import { permitOf, scene } from '../support/scene.ts';

describe('a listener that calls the breaker', () => {
  test('leaves the order of transitions as it is, for those who are told after it', async () => {
    const { breaker, calls, moves } = scene();
    const other: string[] = [];
    breaker.observe((event) => {
      if (event.kind !== 'transition') return;
      if (event.to === 'open') breaker.transitionTo('halfOpen');
      else if (event.to === 'halfOpen') permitOf(breaker).succeed();
    });
    breaker.observe((event) => {
      if (event.kind === 'transition') other.push(`${event.from}>${event.to}`);
    });
    await calls('bad', 'bad');
    expect(other).toEqual(['closed>open', 'open>halfOpen', 'halfOpen>closed']);
    expect(moves()).toEqual([
      'closed>open:consecutiveFailures',
      'open>halfOpen:byHand',
      'halfOpen>closed:trialsPassed',
    ]);
  });

  test('may run calls of its own', async () => {
    const { breaker, calls } = scene();
    const runs: Promise<string>[] = [];
    breaker.observe((event) => {
      if (event.kind === 'transition') runs.push(breaker.run(() => 'told'));
    });
    await calls('bad', 'bad');
    await expect(Promise.allSettled(runs)).resolves.toMatchObject([{ status: 'rejected' }]);
    expect(breaker.state).toBe('open');
  });

  test('cannot go on for ever by causing what it hears', () => {
    const { breaker, errors } = scene();
    let heard = 0;
    breaker.observeCalls(() => {
      heard += 1;
      breaker.tryAcquire();
      permitOf(breaker).succeed();
    });
    permitOf(breaker).succeed();
    expect(heard).toBeLessThan(2_000);
    expect(errors).toMatchObject([{ name: 'RangeError' }]);
    permitOf(breaker).succeed();
    expect(breaker.state).toBe('closed');
  });
});

describe('a breaker inside itself', () => {
  test('counts both calls and returns', async () => {
    const { breaker } = scene();
    await expect(breaker.run(() => breaker.run(() => 'deep'))).resolves.toBe('deep');
    expect(breaker.status().tallies.successCount).toBe(2);
  });

  test('gives its trial permit back when the inner call is refused for want of one', async () => {
    const { breaker, clock, calls } = scene();
    await calls('bad', 'bad');
    clock.advance(1_000);
    await expect(breaker.run(() => breaker.run(() => 'deep'))).rejects.toMatchObject({
      code: 'CIRCUIT_OPEN',
      reason: 'halfOpen',
    });
    expect(breaker.state).toBe('halfOpen');
    await calls('ok');
    expect(breaker.state).toBe('closed');
  });
});
