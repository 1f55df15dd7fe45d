import { gcra } from '@quorate/rate-limiter';
import type { HttpLimit } from '@quorate/rate-limiter/http';
import { expect, test } from 'vitest';

import { LimitWatch } from '../../src/observe/limit-figures.ts';

type Verdict = Awaited<ReturnType<HttpLimit['take']>>;

const counter = { store: 'cluster', isReachable: true, failureCount: 0 } as const;

/** A limit that decides as it is told. */
function limitOf(decisions: readonly Partial<Verdict['decisions'][number]>[]): HttpLimit {
  const waiting = [...decisions];
  return {
    policies: [gcra({ name: 'api', limit: 3, windowMs: 1_000 })],
    take: () => {
      const decision = { policyName: 'api', limit: 3, resetAfterMs: 0, ...waiting.shift() };
      return Promise.resolve({ decisions: [decision] } as unknown as Verdict);
    },
    refund: () => Promise.resolve(),
  };
}

test('the last decision about each client is remembered, and how many were refused', async () => {
  const watch = new LimitWatch(counter);
  const limit = watch.around(
    limitOf([
      { kind: 'admitted', reason: 'withinLimit', remaining: 2 },
      { kind: 'limited', reason: 'limitReached', remaining: 0 },
      { kind: 'limited', reason: 'localShare', remaining: 0 },
    ]),
  );
  await limit.take('ann', 1);
  expect(watch.figures).toEqual([
    ...[
      { key: 'ann', limit: 3, remaining: 2, isLimited: false, source: 'cluster', limitedCount: 0 },
    ],
  ]);
  await limit.take('ann', 1);
  await limit.take('ann', 1);
  expect(watch.figures).toMatchObject([
    { isLimited: true, source: 'local share', limitedCount: 2 },
  ]);
});

test('fifty clients are remembered, those of late', async () => {
  const watch = new LimitWatch(counter);
  const limit = watch.around(
    limitOf(Array.from({ length: 60 }, () => ({ kind: 'admitted', remaining: 1 }) as const)),
  );
  for (let client = 0; client < 60; client += 1) await limit.take(`c${client}`, 1);
  expect(watch.figures.map(({ key }) => key)).toEqual(
    Array.from({ length: 50 }, (_, index) => `c${index + 10}`),
  );
});
