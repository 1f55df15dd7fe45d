/**
 * Elsewhere: with two copies of a package in one process, `instanceof` says no; and what the caller
 * gets is not what the work threw.
 *
 * Protection: a brand in the registry of symbols and a literal `code` (`errors.ts`); errors of the
 * work pass through untouched (`execute`).
 */
import { describe, expect, test } from 'vitest';

import type * as errors from '../../src/errors.ts';
import {
  CircuitBreakerDisposedError,
  CircuitBreakerError,
  CircuitOpenError,
} from '../../src/errors.ts';
import { scene } from '../support/scene.ts';

describe('the error of a refused call', () => {
  test('says who refused, why, and for how long', async () => {
    const { breaker, calls, clock } = scene({ name: 'inventory' });
    await calls('bad', 'bad');
    clock.advance(250);
    const error: unknown = await breaker.run(() => 'fine').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(CircuitBreakerError);
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).not.toBeInstanceOf(CircuitBreakerDisposedError);
    expect(error).toMatchObject({
      name: 'CircuitOpenError',
      code: 'CIRCUIT_OPEN',
      message: 'circuit breaker "inventory" is open; try again in 750 ms',
      breakerName: 'inventory',
      reason: 'open',
      retryAfterMs: 750,
      definite: true,
    });
    expect(String(error)).toContain('CircuitOpenError: circuit breaker "inventory" is open');
  });

  test.each(['open', 'halfOpen', 'forcedOpen', 'warmUp'] as const)(
    'tells in words what to do when the reason is %s',
    (reason) => {
      expect(new CircuitOpenError('a', reason, undefined).message).toMatch(
        /^circuit breaker "a" .*; try/,
      );
    },
  );

  test('is known to another copy of this package, and knows that copy’s', async () => {
    // A query makes the loader take it for another module, as a second installation is.
    const path = '../../src/errors.ts?copy';
    const copy = (await import(path)) as typeof errors;
    expect(copy.CircuitOpenError).not.toBe(CircuitOpenError);
    const foreign = new copy.CircuitOpenError('a', 'open', 5);
    expect(foreign).toBeInstanceOf(CircuitOpenError);
    expect(foreign).toBeInstanceOf(CircuitBreakerError);
    expect(new CircuitOpenError('a', 'open', 5)).toBeInstanceOf(copy.CircuitOpenError);
    expect(new copy.CircuitBreakerDisposedError('a')).toBeInstanceOf(CircuitBreakerError);
  });

  test.each([undefined, null, 'CIRCUIT_OPEN', {}, new Error('open'), { code: 'CIRCUIT_OPEN' }])(
    'is not mistaken for %j',
    (other) => {
      expect(other instanceof CircuitOpenError).toBe(false);
      expect(other instanceof CircuitBreakerError).toBe(false);
    },
  );
});

describe('the error of a call that failed', () => {
  test('is the one that the work threw, with its cause', async () => {
    const { breaker } = scene();
    const error = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    const caught: unknown = await breaker
      .run(() => {
        throw error;
      })
      .catch((reason: unknown) => reason);
    expect(caught).toBe(error);
    expect(error.cause).toEqual({ code: 'ECONNREFUSED' });
  });
});
