import {
  CircuitBreaker,
  consecutiveFailures,
  countWindow,
  pipeline,
  retry,
  timeout,
} from '@quorate/circuit-breaker';
import {
  circuitBreaker as cockatielBreaker,
  ConsecutiveBreaker,
  CountBreaker,
  handleAll,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import OpossumBreaker from 'opossum';

import {
  aboveBareContender,
  awaitedContender,
  nsAboveBare,
  nsPerAwait,
  syncContender,
} from '../resilience/awaited.ts';
import type { BenchCase, Suite } from '../suite.ts';

const work = async () => 1;
const broken = async (): Promise<number> => {
  throw new Error('broken');
};

const ours = new CircuitBreaker({ trip: consecutiveFailures(5) });
const counting = new CircuitBreaker({ trip: countWindow({ size: 100, failureThreshold: 0.5 }) });
const cockatiel = cockatielBreaker(handleAll, {
  halfOpenAfter: 60_000,
  breaker: new ConsecutiveBreaker(5),
});
const cockatielCounting = cockatielBreaker(handleAll, {
  halfOpenAfter: 60_000,
  breaker: new CountBreaker({ threshold: 0.5, size: 100 }),
});
const opossum = new OpossumBreaker(work, { timeout: false, rollingPercentilesEnabled: false });

/** Whatever a guard does about a call that fails or is refused, as a value. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

const success: BenchCase = {
  name: 'success, 5 failures in a row would open',
  metrics: [nsAboveBare],
  ours: aboveBareContender('run', () => ours.run(work)),
  peers: [
    aboveBareContender('cockatiel 3.2', () => cockatiel.execute(work)),
    aboveBareContender('opossum 9.0, no timeout', () => opossum.fire()),
  ],
};

const successCounting: BenchCase = {
  name: 'success, half of 100 calls would open',
  metrics: [nsAboveBare],
  ours: aboveBareContender('run', () => counting.run(work)),
  peers: [
    aboveBareContender('cockatiel 3.2', () => cockatielCounting.execute(work)),
    aboveBareContender('opossum 9.0, no timeout', () => opossum.fire()),
  ],
};

const layers = pipeline(
  retry({ maxAttempts: 3 }),
  new CircuitBreaker({ trip: consecutiveFailures(5) }),
  timeout({ timeoutMs: 10_000 }),
);
const cockatielLayers = wrap(
  cockatielRetry(handleAll, { maxAttempts: 2 }),
  cockatielBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) }),
  cockatielTimeout(10_000, TimeoutStrategy.Aggressive),
);

const composed: BenchCase = {
  name: 'success, under retry, breaker and timeout',
  metrics: [nsAboveBare],
  ours: aboveBareContender('pipeline', () => layers.run(work)),
  peers: [aboveBareContender('cockatiel 3.2', () => cockatielLayers.execute(work))],
};

const permit: BenchCase = {
  name: 'permit and outcome by hand, nothing awaited',
  metrics: [nsPerAwait],
  ours: syncContender('tryAcquire', () => {
    const attempt = ours.tryAcquire();
    if (attempt.kind === 'admitted') attempt.succeed();
  }),
  peers: [],
};

const openOurs = new CircuitBreaker({
  trip: consecutiveFailures(1),
  openForMs: 3_600_000,
  openForMsMax: 3_600_000,
});
const openCockatiel = cockatielBreaker(handleAll, {
  halfOpenAfter: 3_600_000,
  breaker: new ConsecutiveBreaker(1),
});
const openOpossum = new OpossumBreaker(broken, { timeout: false, resetTimeout: 3_600_000 });

async function openAll(): Promise<void> {
  await outcomeOf(() => openOurs.run(broken));
  await outcomeOf(() => openCockatiel.execute(broken));
  openOpossum.open();
}

const refusals: BenchCase = {
  name: 'refusal by an open circuit, caught',
  metrics: [nsPerAwait],
  ours: {
    ...awaitedContender('run', () => outcomeOf(() => openOurs.run(work))),
    setUp: openAll,
  },
  peers: [
    awaitedContender('cockatiel 3.2', () => outcomeOf(() => openCockatiel.execute(work))),
    awaitedContender('opossum 9.0', () => outcomeOf(() => openOpossum.fire())),
  ],
};

const refusalValues: BenchCase = {
  name: 'refusal by an open circuit, as a value where there is one',
  metrics: [nsPerAwait],
  ours: { ...syncContender('tryAcquire', () => openOurs.tryAcquire()), setUp: openAll },
  peers: [
    awaitedContender('cockatiel 3.2', () => outcomeOf(() => openCockatiel.execute(work))),
    awaitedContender('opossum 9.0', () => outcomeOf(() => openOpossum.fire())),
  ],
};

/** Calls that do nothing, one after the other: what is left is the guard. */
export const suite: Suite = {
  name: 'circuit-breaker',
  description: 'What does a guard add to a call that succeeds, and what does a refusal cost?',
  cases: [success, successCounting, composed, permit, refusals, refusalValues],
};
