import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { noArrival } from '../src/arrival.ts';
import { Deviation } from '../src/deviation.ts';

const arrival = noArrival();

/** Takes in a heartbeat that came so much later than expected. */
function push(deviation: Deviation, errorMs: number): void {
  arrival.errorMs = errorMs;
  deviation.push(arrival);
}

describe('Deviation', () => {
  test('is the prior before there are data, and weighs 4 heartbeats', () => {
    const deviation = new Deviation(25);
    expect(deviation.value).toBe(25);
    for (let beat = 0; beat < 4; beat += 1) push(deviation, 0);
    expect(deviation.value).toBeCloseTo(25 / Math.SQRT2, 12);
  });

  test('is the standard deviation of a symmetric distribution', () => {
    const deviation = new Deviation(1);
    const random = seededRandom(7);
    for (let beat = 0; beat < 8_000; beat += 1) push(deviation, 12 * (random.float() - 0.5));
    expect(deviation.value / (12 / Math.sqrt(12))).toBeCloseTo(1, 1);
  });

  test('looks at late heartbeats alone', () => {
    const deviation = new Deviation(1);
    for (let beat = 0; beat < 100; beat += 1) push(deviation, -1_000);
    expect(deviation.value).toBeLessThan(1);
  });

  test('believes soon that delays spread, and later that they do not', () => {
    const deviation = new Deviation(1);
    const wobble = (scale: number, beats: number): void => {
      for (let beat = 0; beat < beats; beat += 1) push(deviation, beat % 2 === 0 ? scale : -scale);
    };
    wobble(1, 8_000);
    expect(deviation.value).toBeCloseTo(1, 5);
    wobble(10, 1_000);
    expect(deviation.value).toBeGreaterThan(6);
    wobble(1, 1_000);
    expect(deviation.value).toBeGreaterThan(2.5);
    wobble(1, 40_000);
    expect(deviation.value).toBeLessThan(1.5);
  });
});
