/*
 * What goes wrong elsewhere: a heartbeat that comes twice counts as an interval of 0, one that
 * comes late as a sign of life, and one of the peer before its restart as both.
 *
 * The core knows one order: it refuses what is no news, and nothing has changed then. Whoever
 * drives it leaves those out and counts them.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';

const kinds: readonly DetectorOptions[] = [
  { intervalMs: 100 },
  { kind: 'akka', intervalMs: 100 },
  { kind: 'exponential', intervalMs: 100 },
  { kind: 'chen', intervalMs: 100, marginMs: 50 },
  { kind: 'bertier', intervalMs: 100 },
  { kind: 'two-window', intervalMs: 100, marginMs: 50 },
  { kind: 'histogram', intervalMs: 100 },
  { kind: 'fixed', intervalMs: 100, timeoutMs: 150 },
];

describe.each(kinds)('%j', (options) => {
  test('what is no news is refused, and changes nothing', () => {
    const heard = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 120 });
    fc.assert(
      fc.property(heard, (sequences) => {
        const all = createDetector(options);
        const news = createDetector(options);
        let newest = -1;
        for (const [index, sequence] of sequences.entries()) {
          const atMs = 97 * index;
          if (sequence > newest) {
            news.heartbeat(sequence, atMs);
            all.heartbeat(sequence, atMs);
            newest = sequence;
          } else {
            expect(() => {
              all.heartbeat(sequence, atMs);
            }).toThrow(RangeError);
          }
          expect(all.suspectAtMs).toBe(news.suspectAtMs);
        }
        expect(all.estimate()).toEqual(news.estimate());
      }),
      { numRuns: 30 },
    );
  });

  test('a restarted peer is another one, and may begin anywhere', () => {
    const detector = createDetector(options);
    for (let beat = 900; beat < 1_000; beat += 1) detector.heartbeat(beat, 100 * beat);
    detector.reset();
    detector.heartbeat(0, 50);
    expect(detector.estimate()).toMatchObject({ lastSequence: 0, lastArrivedAtMs: 50 });
  });
});
