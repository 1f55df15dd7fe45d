/**
 * Elsewhere: many calls that arrive in the instant in which the wait ends all pass as trial calls.
 *
 * Protection: a trial permit is taken when the call is admitted, before anything can run in between
 * (`#admitsAt`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { pendingWork, scene } from '../support/scene.ts';

describe('a crowd in the instant in which the wait is over', () => {
  test('is let in as far as trial calls are permitted', async () => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 7 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    const { work, resolve } = pendingWork<string>();
    let running = 0;
    const runs = Array.from({ length: 1_000 }, () =>
      breaker.run(() => {
        running += 1;
        return work();
      }),
    );
    const settled = Promise.allSettled(runs);
    expect(running).toBe(7);
    resolve('back');
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(breaker.state).toBe('closed');
  });

  test('gets in one by one, and no more, through permits', async () => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 3 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    const kinds = Array.from({ length: 1_000 }, () => breaker.tryAcquire().kind);
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(3);
    expect(kinds.slice(0, 3)).toEqual(['admitted', 'admitted', 'admitted']);
  });
});
