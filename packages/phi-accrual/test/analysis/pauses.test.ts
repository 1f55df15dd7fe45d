import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { pauseProcess } from '../../src/analysis/pauses.ts';

const constant = (ms: number) => ({ kind: 'constant', ms }) as const;

describe('a process that pauses', () => {
  test('does what is due at once while it runs, and at the end of a pause otherwise', () => {
    const wakeAt = pauseProcess(seededRandom(1), [{ gapMeanMs: 1_000, length: constant(100) }]);
    const times = Array.from({ length: 100_000 }, (_, index) => index * 10);
    const wakes = times.map((ms) => wakeAt(ms));
    const late = times.map((ms, index) => (wakes[index] ?? 0) - ms);
    expect(Math.min(...late)).toBe(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(100);
    // One pause of 100 ms for each 1,000 ms between two.
    const share = late.filter((ms) => ms > 0).length / late.length;
    expect(share).toBeCloseTo(1 / 11, 1.5);
    expect(wakes).toEqual([...wakes].sort((a, b) => a - b));
  });

  test('wakes in no pause of another kind', () => {
    const models = [
      { gapMeanMs: 300, length: constant(200) },
      { gapMeanMs: 300, length: constant(50) },
    ];
    const random = () => seededRandom(2);
    const both = pauseProcess(random(), models);
    const [long] = models.map((model) => pauseProcess(random(), [model]));
    for (let ms = 0; ms < 100_000; ms += 7) {
      const wakesAt = both(ms);
      // The first kind draws the same pauses alone.
      expect(long?.(ms)).toBeLessThanOrEqual(wakesAt);
    }
  });

  test('of no kind never pauses', () => {
    expect(pauseProcess(seededRandom(1), [])(17)).toBe(17);
  });
});
