/*
 * What goes wrong elsewhere: sums of doubles that slide for days keep the rounding error of every
 * value that has left them; the variance drifts, and comes out negative in the end.
 */
import { expect, test } from 'vitest';

import { ArrivalWindow } from '../../src/arrival-window.ts';

const HEARTBEATS = 10_000_000;
const CHECK_EVERY = 500_000;
const SIZE = 1_000;

test('after each of ten million heartbeats, the sums are those of integers without end', () => {
  const window = new ArrivalWindow(SIZE);
  const kept = new Int32Array(SIZE);
  let state = 1;
  let mixed = 0;
  for (let beat = 1; beat <= HEARTBEATS; beat += 1) {
    // A multiplicative generator in 31 bits; every 97th value is as far out as a window takes.
    state = (state * 48_271) % 2_147_483_647;
    const ticks = beat % 97 === 0 ? window.limitTicks : (state % 20_001) - 10_000;
    window.push(ticks);
    kept[beat % SIZE] = ticks;
    mixed += ticks;
    if (beat % CHECK_EVERY === 0) check(window, kept);
  }
  expect(Number.isSafeInteger(mixed)).toBe(true);
});

function check(window: ArrivalWindow, kept: Int32Array): void {
  let sum = 0n;
  let squares = 0n;
  for (const value of kept) {
    sum += BigInt(value);
    squares += BigInt(value) * BigInt(value);
  }
  expect([BigInt(window.sum), BigInt(window.sumOfSquares)]).toEqual([sum, squares]);
  const variance = Number(BigInt(SIZE) * squares - sum * sum) / (SIZE * SIZE);
  expect(Math.abs(window.variance / variance - 1)).toBeLessThan(4e-16);
}
