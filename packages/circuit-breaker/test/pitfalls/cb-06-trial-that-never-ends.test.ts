/**
 * Elsewhere: a trial call that never settles holds the only trial permit, and the circuit refuses
 * every call until the process is restarted.
 *
 * Protection: once all trial calls are admitted, the last of them has `halfOpen.waitMsMax`, which
 * cannot be switched off (`#trialsAreLost`, `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { permitOf, scene } from '../support/scene.ts';

describe('a trial call that never ends', () => {
  test('opens the circuit again, from the instant at which it was given up', async () => {
    const { breaker, clock, calls, moves } = scene({
      halfOpen: { permittedCalls: 1, waitMsMax: 10_000 },
    });
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker);
    clock.advance(9_999);
    expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', reason: 'halfOpen' });
    clock.advance(1);
    expect(breaker.state).toBe('open');
    expect(breaker.tryAcquire()).toMatchObject({ reason: 'open', retryAfterMs: 1_000 });
    expect(moves().at(-1)).toBe('halfOpen>open:trialsLost');
    clock.advance(1_000);
    await calls('ok');
    expect(breaker.state).toBe('closed');
  });

  test('costs nothing more if nobody called meanwhile: both waits are over', async () => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 1, waitMsMax: 10_000 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker);
    clock.advance(11_000);
    expect(breaker.tryAcquire().kind).toBe('admitted');
  });

  test('closes the circuit where its owner asks for that', async () => {
    const { breaker, clock, calls } = scene({
      halfOpen: { permittedCalls: 1, waitMsMax: 10_000, afterWait: 'closed' },
    });
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker);
    clock.advance(10_000);
    expect(breaker.state).toBe('closed');
    await calls('ok', 'ok');
  });

  test('does not condemn a circuit that still admits trial calls', async () => {
    const { breaker, clock, calls } = scene({ halfOpen: { permittedCalls: 3, waitMsMax: 100 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker);
    clock.advance(100_000);
    expect(breaker.state).toBe('halfOpen');
    expect(breaker.tryAcquire().kind).toBe('admitted');
  });
});
