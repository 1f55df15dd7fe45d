import { expect, test } from 'vitest';

import { MessageSampler } from '../../../src/dashboard/cluster/message-sampler.ts';

/** How many of `perWindow` messages of each of 50 windows in a second are drawn, by second. */
function drawn(perWindow: (window: number) => number, seconds = 5): readonly number[] {
  const sampler = new MessageSampler(0);
  const counts = Array<number>(seconds).fill(0);
  for (let window = 0; window < 50 * seconds; window += 1) {
    const items = Array.from({ length: perWindow(window) }, (_, index) => index);
    const taken = sampler.take(items, 50, window * 20).length;
    const second = Math.floor(window / 50);
    counts[second] = (counts[second] ?? 0) + taken;
  }
  return counts;
}

test('all are drawn while they are few, even if they come in bursts', () => {
  expect(drawn(() => 3)).toEqual([150, 150, 150, 150, 150]);
  expect(drawn((window) => (window % 10 === 0 ? 20 : 1))).toEqual([145, 145, 145, 145, 145]);
});

test('of many, as many are drawn as can be told apart', () => {
  const [, ...later] = drawn(() => 32);
  for (const count of later) expect(count).toBeLessThanOrEqual(204);
  for (const count of later) expect(count).toBeGreaterThanOrEqual(196);
});

test('of many, each window has its share', () => {
  const sampler = new MessageSampler(0);
  const items = Array.from({ length: 32 }, (_, index) => index);
  const counts = Array.from({ length: 200 }, (_, at) => sampler.take(items, 50, at * 20).length);
  expect(new Set(counts.slice(50))).toEqual(new Set([4]));
});
