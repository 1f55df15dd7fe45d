/**
 * Elsewhere: reading the statistics sorts every call of the window, and each failure reads them.
 *
 * Protection: running totals (`windows/`); a status copies four numbers. No duration is asserted:
 * what is counted is how often the window's memory is touched.
 */
import { describe, expect, test } from 'vitest';

import { countWindow, timeWindow } from '../../src/trip-policy.ts';
import { scene } from '../support/scene.ts';

describe.each([
  ['of counts', countWindow({ size: 100_000, minimumCalls: 100_000 })],
  ['of time', timeWindow({ durationMs: 60_000, bucketCount: 10_000, minimumCalls: 1_000_000 })],
])('the status of a window %s', (_, trip) => {
  test('is read without looking at the calls that it covers', async () => {
    const { breaker, calls } = scene({ trip });
    await calls(...Array.from({ length: 2_000 }, (__, index) => (index % 3 === 0 ? 'bad' : 'ok')));
    const touched = countReads(() => {
      for (let times = 0; times < 100; times += 1) breaker.status();
    });
    expect(breaker.status().counts.total).toBe(2_000);
    expect(touched).toBe(0);
  });
});

/** How often `run` walks through a typed array by one of its methods. */
function countReads(run: () => void): number {
  const { prototype } = Object.getPrototypeOf(Uint8Array) as { prototype: Uint8Array };
  const names = ['subarray', 'slice', 'fill', 'forEach', 'reduce', Symbol.iterator] as const;
  let count = 0;
  const saved = names.map((name) => Object.getOwnPropertyDescriptor(prototype, name));
  for (const [index, name] of names.entries()) {
    const original = saved[index]?.value as (...args: unknown[]) => unknown;
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: Uint8Array, ...args: unknown[]): unknown {
        count += 1;
        return original.apply(this, args);
      },
    });
  }
  try {
    run();
  } finally {
    for (const [index, name] of names.entries()) {
      Object.defineProperty(prototype, name, saved[index] ?? {});
    }
  }
  return count;
}
