import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { adaptiveThrottle } from '../../src/policies/adaptive-throttle.ts';
import { constantRandom, errorOf, runUnder } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const failing = (): Promise<never> => Promise.reject(new Error('no'));

describe('an adaptive throttle', () => {
  test('lets everything through while enough is accepted', async () => {
    const policy = adaptiveThrottle({ clock: new SteppingClock() });
    for (let call = 0; call < 10; call += 1) await runUnder(policy, () => call);
    for (let call = 0; call < 10; call += 1) await errorOf(runUnder(policy, failing));
    expect(policy.refusedShare).toBe(0);
  });

  test('refuses a share by the formula, and counts what it refuses', async () => {
    const clock = new SteppingClock();
    const policy = adaptiveThrottle({ clock, random: constantRandom(0.5) });
    for (let call = 0; call < 99; call += 1) {
      if (call < 20) await runUnder(policy, () => call);
      else await errorOf(runUnder(policy, failing));
    }
    expect(policy.refusedShare).toBe(0.59);
    const refused = await errorOf(runUnder(policy, () => 'sent'));
    expect(refused).toMatchObject({ code: 'CALL_REFUSED', reason: 'throttled' });
    expect(policy.refusedShare).toBe(60 / 101);
  });

  test('sends about k times what a service accepts', async () => {
    const clock = new SteppingClock();
    const random = seededRandom(7);
    const policy = adaptiveThrottle({ clock, random, windowMs: 1_000 });
    let sent = 0;
    let accepted = 0;
    // A call each millisecond; the service takes ten in a hundred milliseconds.
    for (let call = 0; call < 10_000; call += 1) {
      const work = (): void => {
        sent += 1;
        if (accepted >= 10) throw new Error('overloaded');
        accepted += 1;
      };
      if (call % 100 === 0) accepted = 0;
      await runUnder(policy, work).catch(() => undefined);
      clock.freeze(1);
    }
    expect(sent).toBeLessThan(3_000);
    expect(sent).toBeGreaterThan(1_700);
  });

  test('forgets an outage after its window', async () => {
    const clock = new SteppingClock();
    const policy = adaptiveThrottle({ clock, windowMs: 1_000, random: constantRandom(0.99) });
    for (let call = 0; call < 50; call += 1) await errorOf(runUnder(policy, failing));
    expect(policy.refusedShare).toBeGreaterThan(0.8);
    clock.freeze(1_000);
    expect(policy.refusedShare).toBe(0);
  });

  test('takes no notice of refusals further in, and of callers who gave up', async () => {
    const policy = adaptiveThrottle({ clock: new SteppingClock() });
    const refusing = (code: string) => () => Promise.reject(Object.assign(new Error(), { code }));
    for (let call = 0; call < 50; call += 1) {
      await errorOf(runUnder(policy, refusing('CIRCUIT_OPEN')));
      await errorOf(runUnder(policy, refusing('CALL_REFUSED')));
      await errorOf(runUnder(policy, failing, AbortSignal.abort()));
    }
    expect(policy.refusedShare).toBe(0);
  });

  test('may be told which failures were accepted', async () => {
    const isAccepted = (error: unknown): boolean => error instanceof TypeError;
    const policy = adaptiveThrottle({ clock: new SteppingClock(), isAccepted });
    for (let call = 0; call < 50; call += 1) {
      await errorOf(runUnder(policy, () => Promise.reject(new TypeError('404'))));
    }
    expect(policy.refusedShare).toBe(0);
  });
});

test.each<[object, string]>([
  [{ k: 0.9 }, 'k: expected a number in 1..100, got 0.9'],
  [{ k: NaN }, 'k: expected a number in 1..100, got NaN'],
  [{ windowMs: 0 }, 'windowMs: expected a number in 1..2147483647, got 0'],
  [{ refusedShareMax: 1.1 }, 'refusedShareMax: expected a number in 0..1, got 1.1'],
  [{ isAccepted: 404 }, 'isAccepted: expected a function, got 404'],
])('refuses %o', (options, message) => {
  expect(() => adaptiveThrottle(options)).toThrow(message);
});
