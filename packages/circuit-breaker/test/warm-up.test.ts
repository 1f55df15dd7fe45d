import { describe, expect, test } from 'vitest';

import { permitOf, scene } from './support/scene.ts';

const times = (count: number, run: () => boolean): number =>
  Array.from({ length: count }, run).filter(Boolean).length;

describe('a circuit that has just closed', () => {
  test('lets in a growing share of its calls, evenly spread, and then all', async () => {
    const { breaker, clock, calls } = scene({ warmUp: { durationMs: 1_000, initialShare: 0.125 } });
    const admits = (): boolean => {
      const permit = breaker.tryAcquire();
      if (permit.kind === 'admitted') permit.succeed();
      else expect(permit).toMatchObject({ reason: 'warmUp', retryAfterMs: undefined });
      return permit.kind === 'admitted';
    };
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker).succeed();
    expect(breaker.state).toBe('closed');
    const first = Array.from({ length: 20 }, admits);
    expect(first.filter(Boolean)).toHaveLength(3);
    expect(first[0]).toBe(true);
    clock.advance(500);
    expect(times(100, admits)).toBeGreaterThanOrEqual(54);
    clock.advance(500);
    expect(times(100, admits)).toBe(100);
    const readsBefore = clock.readCount;
    admits();
    expect(clock.readCount).toBe(readsBefore);
  });

  test('lets in everybody when nobody asked for a ramp, or it is closed by a reset', async () => {
    const { breaker, calls } = scene({ warmUp: { durationMs: 1_000 } });
    await calls('bad', 'bad');
    breaker.reset();
    expect(times(50, () => breaker.tryAcquire().kind === 'admitted')).toBe(50);
  });

  test('ends its ramp when an update takes it away, and follows another', async () => {
    const { breaker, calls, clock } = scene({ warmUp: { durationMs: 1_000, initialShare: 0.1 } });
    await calls('bad', 'bad');
    clock.advance(1_000);
    permitOf(breaker).succeed();
    breaker.update({ warmUp: { durationMs: 1_000, initialShare: 1 } });
    expect(times(50, () => breaker.tryAcquire().kind === 'admitted')).toBe(50);
  });
});
