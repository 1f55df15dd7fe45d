import { describe, expect, test } from 'vitest';

import { Stride } from '../src/stride.ts';
import { Arrivals } from './support/arrivals.ts';

describe('Stride', () => {
  test('expects every heartbeat, or as many losses as are tolerated', () => {
    expect(new Stride(0, 3).value).toBe(1);
    expect(new Stride(2, 3).value).toBe(3);
  });

  test('expects the losses of a row of late heartbeats, until one comes sooner', () => {
    const stride = new Stride(0, 3);
    const arrivals = new Arrivals();
    arrivals.next(0);
    for (const gap of [60, 61]) stride.push(arrivals.next(6_000, { gap, isLate: true }));
    expect(stride.value).toBe(1);
    stride.push(arrivals.next(6_000, { gap: 62, isLate: true }));
    expect(stride.value).toBe(60);
    stride.push(arrivals.next(6_000, { gap: 60 }));
    expect(stride.value).toBe(60);
    stride.push(arrivals.next(200, { gap: 2 }));
    expect(stride.value).toBe(2);
    stride.push(arrivals.next(100));
    expect(stride.value).toBe(1);
  });

  test('a heartbeat in time, or one that says nothing, ends the row', () => {
    const stride = new Stride(0, 2);
    const arrivals = new Arrivals();
    arrivals.next(0);
    for (const rest of [
      { isLate: true },
      { isLate: false },
      { isLate: true },
      { teaches: false },
    ]) {
      stride.push(arrivals.next(500, { gap: 5, ...rest }));
      expect(stride.value).toBe(1);
    }
  });

  test('has a limit, and forgets', () => {
    const stride = new Stride(1, 2);
    const arrivals = new Arrivals();
    arrivals.next(0);
    for (let beat = 0; beat < 2; beat += 1) {
      stride.push(arrivals.next(1e6, { gap: 2 ** 40, isLate: true }));
    }
    expect(stride.value).toBe(100);
    stride.reset();
    expect(stride.value).toBe(2);
  });
});
