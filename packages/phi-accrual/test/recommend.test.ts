import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { createDetector } from '../src/create-detector.ts';
import { recommend, type RecordedHeartbeat } from '../src/recommend.ts';

const random = seededRandom(2);

/** A day of heartbeats each second, with a stall of 200 to 4,000 ms now and then. */
const recording: readonly RecordedHeartbeat[] = Array.from({ length: 20_000 }, (_, sequence) => ({
  sequence,
  arrivedAtMs:
    1_000 * sequence +
    30 * random.float() +
    (sequence % 997 === 996 ? Math.min(900, 200 / random.float()) : 0),
}));

/** Mistakes of the default detector with these settings. */
function mistakesOf(settings: {
  readonly threshold: number;
  readonly acceptablePauseMs: number;
}): number {
  const { threshold, acceptablePauseMs } = settings;
  const detector = createDetector({ intervalMs: 1_000, threshold, acceptablePauseMs });
  let mistakes = 0;
  for (const { sequence, arrivedAtMs } of recording) {
    if (arrivedAtMs >= detector.suspectAtMs) mistakes += 1;
    detector.heartbeat(sequence, arrivedAtMs);
  }
  return mistakes;
}

describe('recommend', () => {
  test.each([0, 1, 5, 15])(
    'makes %d mistakes on the recording, and is no slower',
    (mistakesMax) => {
      const settings = recommend(recording, { intervalMs: 1_000, mistakesMax });
      expect(mistakesOf(settings)).toBeLessThanOrEqual(mistakesMax);
      const { threshold, acceptablePauseMs } = settings;
      const faster =
        acceptablePauseMs > 0
          ? { threshold, acceptablePauseMs: 0.98 * acceptablePauseMs - 1 }
          : { threshold: 0.98 * threshold, acceptablePauseMs };
      if (threshold > 1 && faster.acceptablePauseMs >= 0) {
        expect(mistakesOf(faster)).toBeGreaterThan(mistakesMax);
      }
    },
  );

  test('says how long the silence would have been', () => {
    const patient = recommend(recording, { intervalMs: 1_000, mistakesMax: 0 });
    const brisk = recommend(recording, { intervalMs: 1_000, mistakesMax: 100 });
    expect(patient.meanSilenceMs).toBeGreaterThan(brisk.meanSilenceMs);
    expect(brisk.meanSilenceMs).toBeGreaterThan(1_000);
    expect(patient.heartbeatCount).toBe(20_000);
  });

  test('recommends the least threshold when anything goes', () => {
    const settings = recommend(recording, { intervalMs: 1_000, mistakesMax: 2 ** 53 - 1 });
    expect(settings).toMatchObject({ threshold: 1, acceptablePauseMs: 0 });
  });

  test.each<[string, object]>([
    ['mistakesMax', { intervalMs: 1_000, mistakesMax: -1 }],
    ['mistakesMax', { intervalMs: 1_000 }],
    ['thresholdMax', { intervalMs: 1_000, mistakesMax: 0, thresholdMax: NaN }],
    ['intervalMs', { intervalMs: 0, mistakesMax: 0 }],
  ])('%s is named when it is out of range', (name, options) => {
    // @ts-expect-error -- a caller without types
    expect(() => recommend(recording, options)).toThrow(new RegExp(`^${name}: expected `));
  });

  test('a recording out of order, or of one heartbeat, is refused', () => {
    const options = { intervalMs: 1_000, mistakesMax: 0 };
    const [one, two] = [
      { sequence: 1, arrivedAtMs: 0 },
      { sequence: 2, arrivedAtMs: 1_000 },
    ];
    expect(() => recommend([two, one], options)).toThrow(/^sequence: expected /);
    expect(() => recommend([one], options)).toThrow('heartbeats: expected at least 2, got fewer');
  });
});
