import { describe, expect, test } from 'vitest';

import { IntervalWindow } from '../src/interval-window.ts';
import { Arrivals } from './support/arrivals.ts';

const options = { intervalMs: 100, windowSize: 10, relearnAfter: 3 };

describe('IntervalWindow', () => {
  test('has the interval of the options before there are data', () => {
    const window = new IntervalWindow(options);
    expect(window.observe(new Arrivals().next(50))).toBe('ignored');
    expect([window.count, window.meanMs]).toEqual([0, 100]);
  });

  test('has the mean of the last intervals', () => {
    const window = new IntervalWindow(options);
    const arrivals = new Arrivals();
    for (let beat = 0; beat < 30; beat += 1) {
      window.observe(arrivals.next(beat % 2 === 0 ? 90 : 120));
    }
    expect([window.count, window.meanMs]).toEqual([10, 105]);
  });

  test('takes off what was lost in between', () => {
    const window = new IntervalWindow(options);
    const arrivals = new Arrivals();
    window.observe(arrivals.next(0));
    window.observe(arrivals.next(412, { gap: 4 }));
    expect([window.sampleMs, window.meanMs]).toEqual([112, 112]);
    window.observe(arrivals.next(10, { gap: 4 }));
    expect(window.sampleMs).toBe(0);
  });

  test('does not learn an outage, nor what says nothing', () => {
    const window = new IntervalWindow(options);
    const arrivals = new Arrivals();
    window.observe(arrivals.next(0));
    expect(window.observe(arrivals.next(301))).toBe('ignored');
    expect(window.observe(arrivals.next(130, { teaches: false }))).toBe('ignored');
    expect(window.observe(arrivals.next(300))).toBe('learned');
    expect([window.count, window.meanMs]).toEqual([1, 300]);
  });

  test('learns anew from a row of outages', () => {
    const window = new IntervalWindow(options);
    const arrivals = new Arrivals();
    for (let beat = 0; beat < 5; beat += 1) window.observe(arrivals.next(100));
    const lessons = [1_000, 1_000, 1_000, 1_000].map((ms) => window.observe(arrivals.next(ms)));
    expect(lessons).toEqual(['ignored', 'ignored', 'restarted', 'learned']);
    expect([window.count, window.meanMs]).toEqual([2, 1_000]);
    window.reset();
    expect([window.count, window.meanMs]).toEqual([0, 100]);
  });

  test('keeps a mean above 0 when a backlog arrives at once', () => {
    const window = new IntervalWindow(options);
    const arrivals = new Arrivals();
    for (let beat = 0; beat < 50; beat += 1) window.observe(arrivals.next(0));
    expect(window.meanMs).toBeGreaterThan(0);
  });
});
