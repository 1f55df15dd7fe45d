/**
 * Elsewhere: when all members of a group fail at once, all their circuits open, and what was half
 * broken is wholly down.
 *
 * Protection: `maxOpenShare`, asked through `mayOpen` before a circuit opens (`#mayOpen`,
 * `circuit-breaker-registry.ts`).
 */
import { describe, expect, test } from 'vitest';

import {
  CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
} from '../../src/circuit-breaker-registry.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { permitOf } from '../support/scene.ts';

function group(
  size: number,
  options: CircuitBreakerRegistryOptions,
): { clock: ManualClock; breakers: CircuitBreakerRegistry; openCount: () => number } {
  const clock = new ManualClock();
  const trip = { kind: 'consecutiveFailures', failureThreshold: 1 } as const;
  const breakers = new CircuitBreakerRegistry({
    optionsFor: () => ({ clock, trip, openForMs: 1_000, halfOpen: { permittedCalls: 1 } }),
    ...options,
  });
  for (let index = 0; index < size; index += 1) breakers.get(`member-${index}`);
  const openCount = (): number =>
    [...breakers.entries()].filter(([, { state }]) => state === 'open').length;
  return { clock, breakers, openCount };
}

function failAll(breakers: CircuitBreakerRegistry): void {
  for (const [, breaker] of breakers.entries()) {
    const permit = breaker.tryAcquire();
    if (permit.kind === 'admitted') permit.fail();
  }
}

describe('a group whose members all fail', () => {
  test.each([
    [10, 0.3, 3],
    [10, 0.25, 2],
    [10, 0.01, 1],
    [1, 0.5, 1],
    [10, 1, 10],
  ])('of %i members, at a share of %f, has %i open', (size, maxOpenShare, expected) => {
    const { breakers, openCount } = group(size, { maxOpenShare });
    for (let round = 0; round < 3; round += 1) failAll(breakers);
    expect(openCount()).toBe(expected);
    expect(breakers.stats().openCount).toBe(expected);
  });

  test('never has more open, round after round', () => {
    const { breakers, openCount, clock } = group(10, { maxOpenShare: 0.3 });
    for (let round = 0; round < 50; round += 1) {
      failAll(breakers);
      expect(openCount()).toBeLessThanOrEqual(3);
      clock.advance(350);
    }
  });

  test('gives a place to another when a circuit closes', () => {
    const { breakers, clock } = group(2, { maxOpenShare: 0.5 });
    const [first, second] = [breakers.get('member-0'), breakers.get('member-1')];
    permitOf(first).fail();
    permitOf(second).fail();
    expect([first.state, second.state]).toEqual(['open', 'closed']);
    clock.advance(1_000);
    permitOf(first).succeed();
    permitOf(second).fail();
    expect([first.state, second.state]).toEqual(['closed', 'open']);
  });

  test('gives a place to another when nobody calls the first any more', () => {
    const { breakers, clock } = group(2, { maxOpenShare: 0.5 });
    const [first, second] = [breakers.get('member-0'), breakers.get('member-1')];
    permitOf(first).fail();
    clock.advance(1_000);
    permitOf(second).fail();
    expect(second.state).toBe('open');
    // The first comes back, fails, and finds its place taken: it is let through.
    permitOf(first).fail();
    expect(first.state).toBe('closed');
  });

  test('does not count or hold back what is set by hand', () => {
    const { breakers, openCount } = group(4, { maxOpenShare: 0.25 });
    breakers.get('member-0').trip(500);
    breakers.get('member-1').forceOpen();
    failAll(breakers);
    expect(openCount()).toBe(2);
    breakers.get('member-3').trip();
    expect(openCount()).toBe(3);
  });

  test('asks the owner of a member as well', () => {
    const { breakers, openCount } = group(0, {
      optionsFor: () => ({
        mayOpen: () => false,
        trip: { kind: 'consecutiveFailures', failureThreshold: 1 },
      }),
    });
    breakers.get('protected');
    failAll(breakers);
    expect(openCount()).toBe(0);
  });
});
