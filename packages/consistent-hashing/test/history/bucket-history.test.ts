import { expect, test } from 'vitest';

import { BucketHistory } from '../../src/history/bucket-history.ts';
import { avalanche } from '../../src/replicas.ts';

/** The line of the head of the file, kept as an array: who stands where after each removal. */
class Lines {
  readonly lines: number[][];
  constructor(size: number, removed: readonly number[]) {
    this.lines = [Array.from({ length: size }, (_, index) => index)];
    for (const bucket of removed) {
      const line = [...this.lines.at(-1)!];
      const last = line.pop()!;
      const gap = line.indexOf(bucket);
      if (gap >= 0) line[gap] = last;
      this.lines.push(line);
    }
  }
}

test('agrees with the line of the buckets at every step', () => {
  const removed = [2, 5, 0, 7, 1];
  const history = new BucketHistory(9, removed);
  const { lines } = new Lines(9, removed);
  for (let key = 0; key < 2_000; key += 1) {
    const high = avalanche(key + 1);
    const low = avalanche(high);
    for (let bucket = 0; bucket < 9; bucket += 1) {
      let at = bucket;
      while (removed.includes(at)) {
        const line = lines[removed.indexOf(at) + 1]!;
        const draw = avalanche(high ^ Math.imul(low ^ at, 0x9e3779b1) ^ Math.imul(at, 0x85ebca6b));
        at = line[(draw >>> 0) % line.length]!;
      }
      expect(history.follow(bucket, high, low)).toBe(at);
    }
  }
});

test('a bucket that comes back leaves all as it was', () => {
  const before = new BucketHistory(5, [3]);
  const { history, bucket } = before.without(1).restored();
  expect(bucket).toBe(1);
  expect(history.removed).toEqual([3]);
  expect(history.working).toBe(4);
  expect(history.has(1)).toBe(true);
});

test('refuses what is no history', () => {
  expect(() => new BucketHistory(-1, [])).toThrow(/^buckets: expected/);
  expect(() => new BucketHistory(2, [1, 1])).toThrow(/^removed: expected buckets that differ/);
  expect(() => new BucketHistory(2, [2])).toThrow(/^removed: expected buckets that differ/);
});
