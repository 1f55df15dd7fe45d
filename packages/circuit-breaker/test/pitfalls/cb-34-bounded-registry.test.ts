/**
 * Elsewhere: breakers by host grow with the hosts that an attacker names; or the oldest are
 * dropped, open circuits among them; or a key such as `__proto__` is something else than a key.
 *
 * Protection: a bounded table that forgets closed circuits only (`circuit-breaker-registry.ts`).
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../../src/circuit-breaker-registry.ts';
import { ManualClock } from '../support/manual-clock.ts';

function registry(capacity: number): { clock: ManualClock; breakers: CircuitBreakerRegistry } {
  const clock = new ManualClock();
  const optionsFor = () => ({ clock, openForMs: 1_000 });
  return { clock, breakers: new CircuitBreakerRegistry({ capacity, optionsFor }) };
}

describe('a registry of breakers', () => {
  test('stays within its capacity, and remembers open circuits through any number of keys', () => {
    const { breakers } = registry(100);
    for (let index = 0; index < 50; index += 1) breakers.get(`down-${index}`).trip();
    for (let index = 0; index < 100_000; index += 1) breakers.get(`attack-${index}`);
    expect(breakers.stats().size).toBe(100);
    for (let index = 0; index < 50; index += 1) {
      expect(breakers.peek(`down-${index}`)?.state).toBe('open');
    }
  });

  test('gives out breakers that it does not keep when all it keeps are open', () => {
    const { breakers } = registry(10);
    for (let index = 0; index < 10; index += 1) breakers.get(`down-${index}`).trip();
    expect(breakers.get('new').tryAcquire().kind).toBe('admitted');
    expect(breakers.stats()).toMatchObject({ size: 10, overflowCount: 1, evictedCount: 0 });
    expect(breakers.peek('new')).toBeUndefined();
  });

  test('forgets an open circuit once its wait is over and nobody has called it since', () => {
    const { breakers, clock } = registry(10);
    for (let index = 0; index < 10; index += 1) breakers.get(`down-${index}`).trip();
    clock.advance(1_000);
    breakers.get('new');
    expect(breakers.peek('new')).toBeDefined();
    expect(breakers.stats()).toMatchObject({ size: 10, overflowCount: 0, evictedCount: 1 });
  });

  test.each(['forcedOpen', 'disabled', 'metricsOnly'] as const)(
    'never forgets a circuit that was made %s by hand',
    (state) => {
      const { breakers } = registry(8);
      breakers.get('by hand').transitionTo(state);
      for (let index = 0; index < 1_000; index += 1) breakers.get(`other-${index}`);
      expect(breakers.peek('by hand')?.state).toBe(state);
    },
  );

  test('keeps what is used and forgets what is not', () => {
    const { breakers } = registry(8);
    const used = breakers.get('used');
    for (let index = 0; index < 1_000; index += 1) {
      breakers.get(`other-${index}`);
      expect(breakers.get('used')).toBe(used);
    }
  });

  test.each(['__proto__', 'constructor', 'toString', '', '\uD800', 'a'.repeat(10_000), ' a', 'a '])(
    'takes %j for a key like any other',
    (key) => {
      const { breakers } = registry(4);
      const breaker = breakers.get(key);
      breaker.trip();
      expect(breakers.get(key)).toBe(breaker);
      expect(breakers.get(`${key}.`)).not.toBe(breaker);
      expect(breakers.get(`${key}.`).state).toBe('closed');
    },
  );
});
