import { expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../../src/circuit-breaker-registry.ts';
import type { CircuitTelemetry } from '../../src/telemetry/circuit-telemetry.ts';
import { measureBreaker, measureBreakers } from '../../src/telemetry/measure.ts';
import { permitOf, scene } from '../support/scene.ts';

function notes(): { readonly telemetry: CircuitTelemetry; readonly noted: string[] } {
  const noted: string[] = [];
  const telemetry: CircuitTelemetry = {
    changed: ({ breakerName, kind }) => void noted.push(`${breakerName} ${kind}`),
    called: ({ breakerName, kind }) => void noted.push(`${breakerName} ${kind}`),
  };
  return { telemetry, noted };
}

test('a breaker is measured until it is stopped, and its calls are timed only meanwhile', () => {
  const { telemetry, noted } = notes();
  const { breaker, clock } = scene({ name: 'a' });
  const stop = measureBreaker(breaker, telemetry);
  permitOf(breaker).succeed();
  breaker.trip(1_000);
  breaker.tryAcquire();
  expect(noted).toEqual(['a settled', 'a transition', 'a refused']);
  stop();
  breaker.reset();
  const before = clock.readCount;
  permitOf(breaker).succeed();
  expect(clock.readCount).toBe(before);
  expect(noted).toHaveLength(3);
});

test('every breaker of a registry is measured, those of now and those that come', () => {
  const { telemetry, noted } = notes();
  const breakers = new CircuitBreakerRegistry();
  permitOf(breakers.get('a')).succeed();
  const stop = measureBreakers(breakers, telemetry);
  permitOf(breakers.get('a')).succeed();
  permitOf(breakers.get('b')).succeed();
  expect(noted).toEqual(['a settled', 'b settled']);
  stop();
  permitOf(breakers.get('a')).succeed();
  permitOf(breakers.get('c')).succeed();
  expect(noted).toHaveLength(2);
});

test.each([undefined, {}, { changed: () => undefined }, { changed: 1, called: 2 }])(
  '%o is no telemetry',
  (telemetry) => {
    const { breaker } = scene();
    // @ts-expect-error -- It lacks a function.
    expect(() => measureBreaker(breaker, telemetry)).toThrow(/^telemetry[^ ]*: expected/);
    const breakers = new CircuitBreakerRegistry();
    // @ts-expect-error -- It lacks a function.
    expect(() => measureBreakers(breakers, telemetry)).toThrow(/^telemetry[^ ]*: expected/);
  },
);

test.each([undefined, null, 3])('%o is neither breaker nor registry', (breaker) => {
  const { telemetry } = notes();
  // @ts-expect-error -- No breaker.
  expect(() => measureBreaker(breaker, telemetry)).toThrow('breaker: expected an object');
  // @ts-expect-error -- No registry.
  expect(() => measureBreakers(breaker, telemetry)).toThrow('breakers: expected an object');
});
