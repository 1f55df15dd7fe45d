import { expect, test } from 'vitest';

import { SampleWindow } from '../../src/limits/sample-window.ts';

const good = { rttMs: 10, inflight: 1, wasDropped: false };

test('becomes one sample once its time and its number are reached', () => {
  const window = new SampleWindow({ windowMs: 100, windowSamples: 3 });
  expect(window.add(good, 0)).toBeUndefined();
  expect(window.add({ ...good, rttMs: 20, inflight: 7 }, 150)).toBeUndefined();
  const sample = { rttMs: 20, inflight: 7, wasDropped: false };
  expect(window.add({ ...good, rttMs: 30, inflight: 2 }, 151)).toEqual(sample);
  expect(window.add(good, 200)).toBeUndefined();
});

test('tells of a drop, whose time is not part of the average', () => {
  const window = new SampleWindow({ windowMs: 10, windowSamples: 1 });
  window.add(good, 0);
  const sample = { rttMs: 10, inflight: 1, wasDropped: true };
  expect(window.add({ rttMs: 5_000, inflight: 1, wasDropped: true }, 10)).toEqual(sample);
});

test('drops alone have no time', () => {
  const window = new SampleWindow({ windowMs: 0 });
  const sample = { rttMs: 0, inflight: 3, wasDropped: true };
  expect(window.add({ rttMs: 5_000, inflight: 3, wasDropped: true }, 0)).toEqual(sample);
});

test('without a length, each sample is one', () => {
  const window = new SampleWindow({ windowMs: 0 });
  expect(window.add(good, 0)).toEqual(good);
  expect(window.add(good, 0)).toEqual(good);
});

test.each([
  [{ windowMs: -1 }, 'windowMs: expected a number in 0..2147483647, got -1'],
  [{ windowMs: NaN }, 'windowMs: expected a number in 0..2147483647, got NaN'],
  [{ windowSamples: 0 }, 'windowSamples: expected an integer in 1..1000000, got 0'],
])('refuses %o', (options, message) => {
  expect(() => new SampleWindow(options)).toThrow(new RangeError(message));
});
