import { expect, test } from 'vitest';

import { RecentMean } from '../src/recent-mean.ts';

test('is the plain mean until as many values came as it remembers', () => {
  const mean = new RecentMean(4, 0, 0);
  for (const value of [1, 2, 3, 6]) mean.push(value);
  expect(mean.value).toBe(3);
  mean.push(7);
  expect(mean.value).toBe(4);
});

test('begins with what it was given, which weighs as much as it was told', () => {
  const mean = new RecentMean(100, 10, 2);
  expect(mean.value).toBe(10);
  mean.push(40);
  expect(mean.value).toBe(20);
  mean.reset();
  expect(mean.value).toBe(10);
  mean.reset(7);
  expect(mean.value).toBe(7);
});

test('follows a change after as many values as it remembers', () => {
  const mean = new RecentMean(100, 0, 0);
  for (let index = 0; index < 1_000; index += 1) mean.push(0);
  for (let index = 0; index < 300; index += 1) mean.push(1);
  expect(mean.value).toBeGreaterThan(0.9);
});
