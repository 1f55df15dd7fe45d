/*
 * What goes wrong elsewhere: phi is taken from `1 - cdf`, which is 0 from 8.3 deviations on, or
 * from an approximation whose exponential is 0 from 21.6 on. A crashed peer then has an infinite
 * phi, or none, and nothing can be sorted or drawn by it.
 */
import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import { normalPhi } from '../../src/tails/normal.ts';
import table from '../data/normal-phi.json' with { type: 'json' };

test('phi has 12 digits wherever a double has them, from -37.5 deviations to a million', () => {
  let judged = 0;
  for (const [y, digits] of table) {
    const exact = Number(digits);
    if (exact < 2.3e-308) continue;
    expect(Math.abs(normalPhi(Number(y)) / exact - 1), `y = ${y}`).toBeLessThan(1e-12);
    judged += 1;
  }
  expect(judged).toBeGreaterThan(400);
});

test('phi rises with each second of a silence of a year, and is never infinite or NaN', () => {
  const detector = createDetector({ intervalMs: 1_000 });
  for (let beat = 0; beat < 1_200; beat += 1) detector.heartbeat(beat, 1_000 * beat);
  let before = -1;
  for (let silenceMs = 1; silenceMs < 3.2e10; silenceMs *= 1.3) {
    const phi = detector.suspicion(1_199_000 + silenceMs);
    expect(phi).toBeGreaterThan(before);
    expect(phi).toBeLessThan(Infinity);
    before = phi;
  }
  expect(before).toBeGreaterThan(1e9);
});
