import fc from 'fast-check';

import {
  COST_MAX,
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
  WINDOW_MS_MAX,
} from '../../src/policy.ts';

/** Every kind of policy, a name for each, so that a failing one is seen in the title. */
export const makers: readonly (readonly [
  title: string,
  make: (limit: number, windowMs: number, burst: number) => RatePolicy,
])[] = [
  ['gcra', (limit, windowMs, burst) => gcra({ limit, windowMs, burst })],
  ['token bucket', (limit, windowMs, burst) => tokenBucket({ limit, windowMs, burst })],
  ['fixed window', (limit, windowMs) => fixedWindow({ limit, windowMs, anchor: 'firstRequest' })],
  ['aligned fixed window', (limit, windowMs) => fixedWindow({ limit, windowMs })],
  [
    'sliding window log',
    (limit, windowMs) => slidingWindowLog({ limit: Math.min(limit, 50), windowMs }),
  ],
  ['sliding window counter', (limit, windowMs) => slidingWindowCounter({ limit, windowMs })],
];

/** The most that a policy admits at one instant. */
export function capacityOf(policy: RatePolicy): number {
  return 'burst' in policy ? policy.burst : policy.limit;
}

/** Numbers for a policy: small ones that divide badly, and the largest there are. */
export const numbersOfPolicy: fc.Arbitrary<{
  readonly limit: number;
  readonly windowMs: number;
  readonly burst: number;
}> = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60_000 })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.integer({ min: 1, max: COST_MAX }),
        fc.integer({ min: 1, max: WINDOW_MS_MAX * 1_000 }),
      ),
    },
  )
  .chain(([limit, windowUs]) =>
    fc
      .integer({ min: 1, max: Math.min(COST_MAX, 3 * limit) })
      .map((burst) => ({ limit, windowMs: windowUs / 1_000, burst })),
  );

/** One call: what it asks for in parts of the capacity, and the time before it in windows. */
export interface Call {
  readonly elapsed: number;
  readonly cost: number;
  readonly headroom: number;
}

/** Calls whose shares are drawn so that boundaries are met. */
export const calls: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.record({
    elapsed: fc.oneof(
      fc.constantFrom(0, 0.25, 0.5, 1, 2),
      fc.double({ min: 0, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 0.02, noNaN: true }),
    ),
    cost: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1.05, noNaN: true })),
    headroom: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  }),
  { minLength: 1, maxLength: 40 },
);

/** `share` of the capacity as a cost: small shares are one unit, so that single ones are common. */
export function unitsOf(policy: RatePolicy, share: number): number {
  const units = Math.round(share * capacityOf(policy));
  return Math.min(COST_MAX, share > 0 && units === 0 ? 1 : units);
}
