import { describe, expect, test } from 'vitest';

import { systemClock, systemRandom } from '../../src/adapters/system.ts';

/** Resolves once a timer of `delayMs` has fired, with what passed on the clock. */
function elapsedMs(delayMs: number): Promise<number> {
  const startMs = systemClock.nowMs();
  return new Promise((resolve) => {
    systemClock.setTimer(delayMs, () => resolve(systemClock.nowMs() - startMs));
  });
}

describe('systemClock', () => {
  test('never steps back, and knows the date', () => {
    const first = systemClock.nowMs();
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(first);
    expect(systemClock.wallTimeMs()).toBeGreaterThan(Date.UTC(2024, 0));
  });

  test('no timer fires before its time', async () => {
    const delaysMs = [0, 0.25, 1, 1.5, 2, 3.75, 5];
    const elapsed = await Promise.all(delaysMs.map(elapsedMs));
    for (const [index, delayMs] of delaysMs.entries()) {
      expect(elapsed[index]).toBeGreaterThanOrEqual(delayMs);
    }
  });

  test('timers of the same instant run in the order in which they were set', async () => {
    const order: number[] = [];
    await new Promise<void>((resolve) => {
      for (let index = 0; index < 100; index += 1) {
        systemClock.setTimer(2, () => order.push(index) === 100 && resolve());
      }
    });
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test('a cancelled timer does not fire, and cancelling again does nothing', async () => {
    let firedCount = 0;
    const timer = systemClock.setTimer(0, () => (firedCount += 1));
    timer.cancel();
    timer.cancel();
    await elapsedMs(5);
    expect(firedCount).toBe(0);
  });

  test('a timer that is let go holds no process open, and fires all the same', async () => {
    const held = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = held();
    const fired = new Promise<void>((resolve) => {
      const timer = systemClock.setTimer(5, resolve);
      expect(held()).toBe(before + 1);
      timer.unref?.();
    });
    expect(held()).toBe(before);
    // This one holds the process open meanwhile.
    await elapsedMs(20);
    await fired;
  });

  // Why this test? setTimeout takes a delay of 2^31 ms or more for 1 ms.
  test('a timer of ten years does not fire now', async () => {
    let hasFired = false;
    const timer = systemClock.setTimer(10 * 365 * 86_400_000, () => (hasFired = true));
    await elapsedMs(5);
    timer.cancel();
    expect(hasFired).toBe(false);
  });

  test.each([-1, Number.NaN, Infinity])('refuses a delay of %s', (delayMs) => {
    expect(() => systemClock.setTimer(delayMs, () => {})).toThrow(RangeError);
  });
});

describe('systemRandom', () => {
  test('draws from the whole range, and not the same twice', () => {
    const words = Array.from({ length: 1_000 }, () => systemRandom.uint32());
    expect(new Set(words).size).toBeGreaterThan(990);
    expect(Math.max(...words)).toBeGreaterThan(2 ** 31);
    expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
    expect(systemRandom.fork('a').uint32()).not.toBe(systemRandom.fork('a').uint32());
  });

  test('float lies in [0, 1) and int below its limit', () => {
    for (let index = 0; index < 1_000; index += 1) {
      const value = systemRandom.float();
      expect(value >= 0 && value < 1).toBe(true);
      expect(systemRandom.int(3)).toBeLessThan(3);
    }
    expect(() => systemRandom.int(0)).toThrow(RangeError);
  });

  test('gives more bytes than the system gives at once', () => {
    const bytes = systemRandom.bytes(70_000);
    expect(bytes.length).toBe(70_000);
    expect(new Set(bytes.subarray(65_536)).size).toBe(256);
  });
});
