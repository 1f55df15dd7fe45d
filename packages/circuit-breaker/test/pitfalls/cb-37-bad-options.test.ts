/**
 * Elsewhere: options are completed in place, so that two breakers share what one was told; and a
 * threshold of 0, NaN or '5' makes a breaker that never opens, or always.
 *
 * Protection: every field is checked before anything is made, and copied (`circuit-options.ts`,
 * `bounds.ts`, `function-checks.ts`).
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../../src/circuit-breaker-registry.ts';
import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { guard } from '../../src/guard/guard.ts';
import { guardFetch } from '../../src/http/fetch.ts';
import { circuitInterceptor } from '../../src/http/undici.ts';
import { aimd } from '../../src/limits/aimd.ts';
import { gradient2 } from '../../src/limits/gradient2.ts';
import { vegas } from '../../src/limits/vegas.ts';
import { adaptiveConcurrency } from '../../src/policies/adaptive-concurrency.ts';
import { adaptiveThrottle } from '../../src/policies/adaptive-throttle.ts';
import { bulkhead } from '../../src/policies/bulkhead.ts';
import { fallback } from '../../src/policies/fallback.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { priorityShedder } from '../../src/policies/priority-shedder.ts';
import { retry } from '../../src/policies/retry.ts';
import { SingleFlight } from '../../src/policies/single-flight.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { RetryBudget } from '../../src/retry-budget.ts';

/** Options as plain JavaScript may give them. */
function untyped(options: unknown): object {
  return options as object;
}

const rate = (fields: object): object => ({ trip: { kind: 'countWindow', ...fields } });
const run = (failureThreshold: unknown): object => ({
  trip: { kind: 'consecutiveFailures', failureThreshold },
});
const time = (fields: object): object => ({ trip: { kind: 'timeWindow', ...fields } });
const slow = (slowCalls: unknown): object => rate({ slowCalls });

const numbers = [Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 53, '5', null, {}] as const;

const refused: readonly (readonly [
  field: string,
  make: (value: unknown) => object,
  also: readonly unknown[],
])[] = [
  ['trip.failureThreshold', run, [0, 1.5]],
  ['trip.failureThreshold', (failureThreshold) => rate({ failureThreshold }), [0, 1.01, 50]],
  ['trip.minimumCalls', (minimumCalls) => rate({ minimumCalls }), [0, 0.5]],
  ['trip.size', (size) => rate({ size }), [0, 2.5]],
  ['trip.durationMs', (durationMs) => time({ durationMs }), [0, 2 ** 31]],
  ['trip.bucketCount', (bucketCount) => time({ bucketCount }), [0, 1.5]],
  ['trip.slowCalls.slowerThanMs', (slowerThanMs) => slow({ slowerThanMs }), [2 ** 31]],
  ['trip.slowCalls.threshold', (threshold) => slow({ slowerThanMs: 1, threshold }), [0, 2]],
  ['openForMs.initialMs', (initialMs) => ({ openForMs: { initialMs } }), [2 ** 31]],
  ['openForMs.factor', (factor) => ({ openForMs: { initialMs: 1, factor } }), [0.5]],
  ['openForMs.maxMs', (maxMs) => ({ openForMs: { initialMs: 10, maxMs } }), [9, 2 ** 31]],
  ['openForMs.jitter', (jitter) => ({ openForMs: { initialMs: 1, jitter } }), [1.1]],
  ['openForMsMax', (openForMsMax) => ({ openForMsMax }), [2 ** 31]],
  ['halfOpen.permittedCalls', (permittedCalls) => ({ halfOpen: { permittedCalls } }), [0, 1.5]],
  ['halfOpen.waitMsMax', (waitMsMax) => ({ halfOpen: { waitMsMax } }), [2 ** 31]],
  ['halfOpen.afterWait', (afterWait) => ({ halfOpen: { afterWait } }), ['closed ', 0]],
  ['warmUp.durationMs', (durationMs) => ({ warmUp: { durationMs } }), [0]],
  ['warmUp.initialShare', (initialShare) => ({ warmUp: { durationMs: 1, initialShare } }), [0, 2]],
  ['initialState', (initialState) => ({ initialState }), ['OPEN']],
  ['callerAborts', (callerAborts) => ({ callerAborts }), ['ignore']],
  ['halfOpenBy', (halfOpenBy) => ({ halfOpenBy }), ['clock']],
];

describe('a breaker', () => {
  test.each(
    refused.flatMap(([field, make, also]) =>
      [...numbers, ...also].map((value) => ({ field, options: make(value), value })),
    ),
  )('refuses $field of $value, and names it', ({ field, options }) => {
    const make = (): CircuitBreaker => new CircuitBreaker(untyped(options));
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`${field}: expected `);
    // The same options do not reach a breaker that is there, which stays as it was.
    const breaker = new CircuitBreaker();
    const before = breaker.snapshot();
    if (field === 'callerAborts' || field === 'halfOpenBy') return;
    expect(() => breaker.update(untyped(options))).toThrow(`${field}: expected `);
    expect({ ...breaker.snapshot(), takenAtWallMs: 0 }).toEqual({ ...before, takenAtWallMs: 0 });
  });

  test.each([
    ['openForMs', { openForMs: 2 ** 31 }],
    ['openForMs', { openForMs: Number.NaN }],
    ['openForMs', { openForMs: -1 }],
    ['openForMs', { openForMs: '1000' }],
    ['openForMs', { openForMs: null }],
    ['trip', { trip: 'consecutive' }],
    ['trip', { trip: null }],
    ['trip.kind', { trip: { kind: 'ema' } }],
    ['trip.kind', { trip: {} }],
    ['halfOpen', { halfOpen: 3 }],
    ['warmUp', { warmUp: 1_000 }],
    ['trip.slowCalls', slow(5)],
    ['name', { name: 5 }],
    ['options', 'inventory'],
    ['options', null],
  ])('refuses %s when told %j', (field, options) => {
    expect(() => new CircuitBreaker(untyped(options))).toThrow(`${field}: expected `);
    expect(() => new CircuitBreaker(untyped(options))).toThrow(RangeError);
  });

  test.each(['classify', 'mayOpen', 'onError'])('refuses a %s that cannot be called', (field) => {
    const make = (): CircuitBreaker => new CircuitBreaker(untyped({ [field]: 'yes' }));
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`${field}: expected a function`);
  });

  test('does not change what it was given, and does not follow later changes of it', () => {
    const options = { trip: { kind: 'consecutiveFailures' as const, failureThreshold: 1 } };
    const frozen = Object.freeze({ ...options, trip: Object.freeze({ ...options.trip }) });
    new CircuitBreaker(frozen);
    const breaker = new CircuitBreaker(options);
    expect(options).toEqual({ trip: { kind: 'consecutiveFailures', failureThreshold: 1 } });
    options.trip.failureThreshold = 1_000;
    breaker.update({ openForMsMax: 5 });
    const permit = breaker.tryAcquire();
    if (permit.kind === 'admitted') permit.fail();
    expect(breaker.state).toBe('open');
  });

  test('refuses outcomes, states and waits that there are not, and stays as it was', () => {
    const breaker = new CircuitBreaker();
    const permit = breaker.tryAcquire();
    if (permit.kind === 'refused') throw new Error('expected a permit');
    expect(() => permit.settle(untyped('fine') as never)).toThrow('outcome: expected ');
    expect(() => breaker.transitionTo(untyped('ajar') as never)).toThrow('state: expected ');
    for (const openForMs of [-1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      expect(() => breaker.trip(openForMs)).toThrow('openForMs: expected ');
    }
    expect(breaker.state).toBe('closed');
    permit.succeed();
    expect(breaker.status().counts.total).toBe(1);
  });
});

describe('a registry', () => {
  test.each([
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: Number.NaN }],
    ['capacity', { capacity: 1e7 }],
    ['maxOpenShare', { maxOpenShare: 0 }],
    ['maxOpenShare', { maxOpenShare: 10 }],
    ['optionsFor', { optionsFor: {} }],
    ['options', 5],
  ])('refuses %s when told %j', (field, options) => {
    expect(() => new CircuitBreakerRegistry(untyped(options))).toThrow(`${field}: expected `);
  });

  test('refuses a key that is no string, and keeps nothing when its options are refused', () => {
    const breakers = new CircuitBreakerRegistry({ optionsFor: () => ({ openForMs: -1 }) });
    expect(() => breakers.get(untyped(7) as never)).toThrow('key: expected a string');
    expect(() => breakers.get('a')).toThrow('openForMs: expected ');
    expect(breakers.stats().size).toBe(0);
  });
});

type Make = (...given: never[]) => unknown;

const rangeFields = 'initialLimit minLimit maxLimit';
const queueFields = 'maxQueue maxWaitMs clock';
const httpFields = 'capacity maxOpenShare optionsFor isFailure clock random';
const retryFields = 'maxAttempts baseMs capMs factor jitter retryAfterMsMax isRetryable';

/** What is made, by whom, the least that it needs to be told, and its fields. */
const makers: readonly (readonly [name: string, make: Make, needed: object, fields: string])[] = [
  ['retry', retry, {}, `${retryFields} retryAfterMs onRetry budget clock random`],
  ['RetryBudget', made(RetryBudget), {}, 'ratio burst initial perSecond'],
  ['timeout', timeout, { timeoutMs: 1 }, 'timeoutMs stallMs clock'],
  ['bulkhead', bulkhead, { maxConcurrent: 1 }, `maxConcurrent ${queueFields}`],
  ['hedge', hedge, {}, 'delayMs quantile sampleCount delayMsMin maxHedges budget clock'],
  ['fallback', fallback, { answer: () => 1 }, 'answer isHandled onError'],
  ['aimd', aimd, {}, `${rangeFields} decrease slowMs`],
  ['vegas', vegas, {}, rangeFields],
  ['gradient2', gradient2, {}, `${rangeFields} tolerance queue smoothing longWindow`],
  [
    'adaptiveConcurrency',
    adaptiveConcurrency,
    { limit: { limit: 1, observe: () => undefined } },
    `limit classify windowMs windowSamples random ${queueFields}`,
  ],
  ['adaptiveThrottle', adaptiveThrottle, {}, 'k windowMs refusedShareMax isAccepted clock random'],
  [
    'priorityShedder',
    priorityShedder,
    { utilization: () => 0, classes: { preview: { from: 0.5, to: 1 } } },
    'utilization random',
  ],
  ['SingleFlight', made(SingleFlight), {}, 'maxKeys'],
  ['CircuitBreaker', made(CircuitBreaker), {}, 'clock random'],
  [
    'guard',
    (options: never) => guard(untyped(requester) as never, options),
    {},
    'breakerPer capacity maxOpenShare optionsFor onError',
  ],
  ['guardFetch', (options: never) => guardFetch(fetch, options), {}, httpFields],
  ['circuitInterceptor', circuitInterceptor, {}, httpFields],
];

const requester = { request: () => undefined, serve: () => undefined };

function made(Class: new (options: never) => unknown): Make {
  return (options: never) => new Class(options);
}

describe.each(makers)('%s', (_name, make, needed, fields) => {
  test.each(fields.split(' ').flatMap((field) => numbers.map((value) => ({ field, value }))))(
    'refuses $field of $value, and names it',
    ({ field, value }) => {
      const options = { ...needed, [field]: value };
      const attempt: unknown = Reflect.apply.bind(undefined, make, undefined, [options]);
      expect(attempt).toThrow(new RegExp(`^${field}[^ ]*: expected `));
    },
  );

  test.each([null, 5, 'text', []])('refuses %o for its options', (options) => {
    const attempt: unknown = Reflect.apply.bind(undefined, make, undefined, [options]);
    expect(attempt).toThrow(/^options: expected an object, got /);
  });
});
