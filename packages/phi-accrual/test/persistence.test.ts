import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { noArrival } from '../src/arrival.ts';
import { Persistence } from '../src/persistence.ts';

const arrival = noArrival();

/** Takes in a heartbeat that was so much later than the mean. */
function push(persistence: Persistence, latenessMs: number, deviationMs: number): void {
  arrival.latenessMs = latenessMs;
  persistence.push(arrival, { value: deviationMs });
}

const random = seededRandom(3);

/** Exponential delays around their mean of 1. */
function delay(): number {
  return -Math.log(1 - random.float()) - 1;
}

describe('Persistence', () => {
  test('is next to nothing while delays are drawn anew each time', () => {
    const persistence = new Persistence();
    for (let beat = 0; beat < 5_000; beat += 1) push(persistence, delay(), 1);
    expect(persistence.lateShare).toBeLessThan(0.1);
  });

  test('is all of it while the level shifts', () => {
    const persistence = new Persistence();
    for (let beat = 0; beat < 5_000; beat += 1) {
      push(persistence, (Math.floor(beat / 500) % 2 === 0 ? -2 : 2) + 0.2 * delay(), 2);
    }
    expect(persistence.lateShare).toBeGreaterThan(0.9);
  });

  test('is more for late heartbeats while only the spread of delays persists', () => {
    const persistence = new Persistence();
    let isBad = false;
    let square = 1;
    for (let beat = 0; beat < 20_000; beat += 1) {
      isBad = random.float() < (isBad ? 0.8 : 0.01);
      const lateness = (isBad ? 10 : 1) * delay();
      square += (lateness * lateness - square) / (beat + 1);
      push(persistence, lateness, Math.sqrt(square));
    }
    expect(persistence.lateShare).toBeGreaterThan(0.3);
  });

  test('is all of it before there are data, and after reset', () => {
    const persistence = new Persistence();
    expect(persistence.lateShare).toBe(1);
    for (let beat = 0; beat < 5_000; beat += 1) push(persistence, delay(), 1);
    expect(persistence.lateShare).toBeLessThan(0.1);
    persistence.reset();
    expect(persistence.lateShare).toBe(1);
  });
});
