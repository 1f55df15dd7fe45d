/*
 * What goes wrong elsewhere: the process stands still for five seconds. Then all timers that are
 * due fire before the answers in the sockets are read; every call in flight is counted as a timeout
 * although the service answered, and the circuit opens.
 *
 * The protection: a timer that comes far too late gives its calls the time to be answered, once.
 */
import { expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { timeout } from '../../src/policies/timeout.ts';
import { consecutiveFailures } from '../../src/trip-policy.ts';
import { deferred } from '../support/calls.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

test('calls that were answered while the process stood still are no failures', async () => {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({ trip: consecutiveFailures(3), clock });
  const client = pipeline(breaker, timeout({ timeoutMs: 1_000, clock }));
  const works = Array.from({ length: 20 }, () => deferred<string>());
  const running = works.map((work) => client.run(() => work.promise));
  clock.freeze(5_000);
  // First the timers, then what the sockets hold.
  await clock.pass(0);
  for (const work of works) work.resolve('answered in time');
  const outcomes = await Promise.allSettled(running);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(breaker.state).toBe('closed');
});

test('those that were not answered time out all the same', async () => {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({ trip: consecutiveFailures(3), clock });
  const client = pipeline(breaker, timeout({ timeoutMs: 1_000, clock }));
  const running = [1, 2, 3].map(() => client.run(() => new Promise(() => {})));
  const settled = Promise.allSettled(running);
  clock.freeze(5_000);
  await clock.pass(100);
  const outcomes = await settled;
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(breaker.state).toBe('open');
});
