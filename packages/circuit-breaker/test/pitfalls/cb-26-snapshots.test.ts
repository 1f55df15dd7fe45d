/**
 * Elsewhere: a circuit that is restored as open waits the whole time again; one that is restored as
 * half open waits for trial calls that died with the other process.
 *
 * Protection: spans, the wall clock between the processes, and a strict reader (`snapshot.ts`,
 * `restore` in `circuit.ts`).
 */
import { describe, expect, test } from 'vitest';

import { countWindow, timeWindow } from '../../src/trip-policy.ts';
import { permitOf, scene } from '../support/scene.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a snapshot that is loaded ten seconds later in another process', () => {
  test('has ten seconds less to wait', async () => {
    const before = scene({ openForMs: 30_000 });
    await before.calls('bad', 'bad');
    const stored = throughJson(before.breaker.snapshot());
    const after = scene({ openForMs: 30_000 });
    after.clock.jump(-4_000);
    after.clock.jumpWall(10_000);
    expect(after.breaker.hydrate(stored)).toEqual({ kind: 'restored' });
    expect(after.breaker.tryAcquire()).toMatchObject({ kind: 'refused', retryAfterMs: 20_000 });
    after.clock.advance(20_000);
    expect(after.breaker.tryAcquire().kind).toBe('admitted');
  });

  test('has as long to wait as it had when the wall clock went back', async () => {
    const before = scene({ openForMs: 30_000 });
    await before.calls('bad', 'bad');
    const after = scene();
    after.clock.jumpWall(-10_000);
    after.breaker.hydrate(throughJson(before.breaker.snapshot()));
    expect(after.breaker.retryAfterMs).toBe(30_000);
  });

  test('goes on with new trial calls if it was half open', async () => {
    const before = scene();
    await before.calls('bad', 'bad');
    before.clock.advance(1_000);
    permitOf(before.breaker);
    expect(before.breaker.state).toBe('halfOpen');
    const after = scene();
    after.breaker.hydrate(throughJson(before.breaker.snapshot()));
    expect(after.breaker.state).toBe('halfOpen');
    await after.calls('bad');
    // The second opening in a row: the count went along.
    expect(after.breaker.status()).toMatchObject({ state: 'open', openings: 2 });
  });

  test.each([countWindow({ size: 8, minimumCalls: 8 }), timeWindow({ durationMs: 60_000 })])(
    'remembers the outcomes of a window of kind $kind',
    async (trip) => {
      const before = scene({ trip });
      await before.calls('bad', 'ok', 'bad', 'ok', 'bad');
      const after = scene({ trip });
      after.clock.jumpWall(10_000);
      after.breaker.hydrate(throughJson(before.breaker.snapshot()));
      expect(after.breaker.status().counts).toMatchObject({ total: 5, failed: 3 });
    },
  );

  test('forgets outcomes that have grown too old on the way', async () => {
    const trip = timeWindow({ durationMs: 5_000 });
    const before = scene({ trip });
    await before.calls('bad', 'bad');
    const after = scene({ trip });
    after.clock.jumpWall(10_000);
    after.breaker.hydrate(throughJson(before.breaker.snapshot()));
    expect(after.breaker.status().counts.total).toBe(0);
  });

  test('does not count calls that were under way when it was loaded', async () => {
    const { breaker } = scene();
    const early = permitOf(breaker);
    breaker.hydrate(breaker.snapshot());
    early.fail();
    expect(breaker.status().tallies).toMatchObject({ failureCount: 0, lateCount: 1 });
  });
});

/** A good snapshot with something else in a part of it. */
const withPart =
  (part: object) =>
  (good: object): object => ({ ...good, ...part });

describe('what is no snapshot', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'open'],
    ['an array', []],
    ['no version', { state: 'open' }],
    ['another state', withPart({ state: 'ajar' })],
    ['a negative wait', withPart({ openForMs: -1 })],
    ['a wait of NaN', withPart({ openForMs: Number.NaN })],
    ['an endless wait', withPart({ openForMs: Number.POSITIVE_INFINITY })],
    ['half an opening', withPart({ openings: 0.5 })],
    ['no instant', withPart({ takenAtWallMs: 'yesterday' })],
    ['no window', withPart({ window: null })],
    ['an unknown window', withPart({ window: { kind: 'sliding' } })],
    ['other outcomes', withPart({ window: { kind: 'countWindow', outcomes: '0192' } })],
    [
      'a run that goes on backwards',
      withPart({ window: { kind: 'consecutiveFailures', length: -1 } }),
    ],
    [
      'more failures than calls',
      withPart({
        window: {
          kind: 'timeWindow',
          buckets: [{ ageMs: 0, total: 1, failed: 2, slow: 0, slowFailed: 0 }],
        },
      }),
    ],
  ])('is refused, and changes nothing: %s', (_, change) => {
    const { breaker, events } = scene();
    const good = breaker.snapshot();
    const stored = change instanceof Function ? change(good) : change;
    expect(breaker.hydrate(stored)).toMatchObject({ kind: 'refused', reason: 'malformed' });
    expect(events).toEqual([]);
    expect(breaker.state).toBe('closed');
  });

  test('is refused by a release that is older than it', () => {
    const { breaker } = scene();
    const stored = { ...breaker.snapshot(), version: 2, surprise: true };
    expect(breaker.hydrate(stored)).toMatchObject({ kind: 'refused', reason: 'newerVersion' });
  });
});
