import { describe, expect, test } from 'vitest';

import { RecentQuantile } from '../src/quantile.ts';

describe('a recent quantile', () => {
  test('is unknown without samples', () => {
    expect(new RecentQuantile(0.5, 10).valueMs()).toBeUndefined();
  });

  test('lies at most a sixteenth above the sample that it stands for', () => {
    const median = new RecentQuantile(0.5, 10);
    for (const ms of [10, 20, 30, 40, 50]) median.record(ms);
    expect(median.valueMs()).toBeGreaterThan(30);
    expect(median.valueMs()).toBeLessThanOrEqual(30 * (1 + 1 / 16));
  });

  test('forgets what has left the window', () => {
    const highest = new RecentQuantile(1, 3);
    for (const ms of [1_000, 1, 1, 1]) highest.record(ms);
    expect(highest.count).toBe(3);
    expect(highest.valueMs()).toBeLessThan(1.1);
  });

  test('keeps what is smaller or larger than it can tell at its ends', () => {
    const highest = new RecentQuantile(1, 1);
    highest.record(0);
    expect(highest.valueMs()).toBeLessThan(0.002);
    highest.record(Infinity);
    expect(highest.valueMs()).toBeGreaterThanOrEqual(2 ** 31);
  });

  test.each([-1, NaN])('leaves %d out', (ms) => {
    const median = new RecentQuantile(0.5, 10);
    median.record(ms);
    expect(median.count).toBe(0);
  });

  test.each([0, -0.1, 1.1, NaN])('refuses the quantile %d', (quantile) => {
    expect(() => new RecentQuantile(quantile, 10)).toThrow(/^quantile: expected a number in/);
  });

  test.each([0, 1.5, 65_537, NaN])('refuses %d samples', (count) => {
    expect(() => new RecentQuantile(0.5, count)).toThrow(/^sampleCount: expected an integer in/);
  });
});
