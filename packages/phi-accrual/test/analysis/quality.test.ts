import { describe, expect, test } from 'vitest';

import { qualityOf } from '../../src/analysis/quality.ts';
import { heartbeatTrace } from '../../src/analysis/trace.ts';
import { createDetector } from '../../src/create-detector.ts';
import type { FailureDetector } from '../../src/detector.ts';

/** A trace of heartbeats sent every 100 ms from 0 on; `Infinity` for a lost one. */
function arriving(...arrivedAtMs: readonly number[]) {
  return heartbeatTrace('test', 100, {
    sequences: Float64Array.from(arrivedAtMs, (_, row) => row),
    sentAtMs: Float64Array.from(arrivedAtMs, (_, row) => row * 100),
    arrivedAtMs: Float64Array.from(arrivedAtMs),
  });
}

const timeout = (timeoutMs: number) =>
  createDetector({ kind: 'fixed', intervalMs: 100, timeoutMs });

/** Suspects at times that are written down. */
function scripted(...deadlinesMs: readonly number[]): FailureDetector {
  let at = -1;
  return {
    kind: 'fixed',
    threshold: 1,
    get suspectAtMs() {
      return deadlinesMs[at] ?? Infinity;
    },
    heartbeat: () => {
      at += 1;
    },
    witness: () => undefined,
    suspicion: () => 0,
    estimate: () => undefined,
    reset: () => {
      at = -1;
    },
  };
}

describe('the quality of a timeout', () => {
  test('is its time and the delay, and no mistakes, where nothing is lost', () => {
    const quality = qualityOf(arriving(5, 105, 205, 305), timeout(150), { warmUpCount: 1 });
    expect(quality).toEqual({
      detectionMs: 155,
      detectionP99Ms: 155,
      mistakes: 0,
      mistakesPerHour: 0,
      mistakeMs: 0,
      mistakeRecurrenceMs: Infinity,
      accuracy: 1,
      observedMs: 300,
      heartbeats: 3,
    });
  });

  test('counts a mistake for each silence that is too long, and its time', () => {
    // Silences of 100, 200 and 400 ms, of which 50 and 250 ms are suspected.
    const trace = arriving(5, 105, Infinity, 305, Infinity, Infinity, Infinity, 705);
    const quality = qualityOf(trace, timeout(150), { warmUpCount: 1 });
    expect(quality.mistakes).toBe(2);
    expect(quality.mistakeMs).toBe(150);
    expect(quality.observedMs).toBe(700);
    expect(quality.mistakeRecurrenceMs).toBe(350);
    expect(quality.mistakesPerHour).toBeCloseTo((2 * 3_600_000) / 700, 6);
    expect(quality.accuracy).toBeCloseTo(1 - 300 / 700, 12);
  });

  test('takes a heartbeat at the deadline for one in time', () => {
    expect(qualityOf(arriving(5, 105, 205), timeout(100), { warmUpCount: 1 }).mistakes).toBe(0);
    const late = qualityOf(arriving(5, 105, 205.001), timeout(100), { warmUpCount: 1 });
    expect(late.mistakes).toBe(1);
  });

  test('sees nothing of what happened in the time of learning', () => {
    const trace = arriving(5, Infinity, Infinity, 305, 405, 505);
    expect(qualityOf(trace, timeout(150), { warmUpCount: 2 }).mistakes).toBe(0);
    expect(qualityOf(trace, timeout(150), { warmUpCount: 1 }).mistakes).toBe(1);
  });

  test('drops heartbeats that were overtaken', () => {
    const trace = arriving(5, 105, 410, 305, 405);
    expect(qualityOf(trace, timeout(1_000), { warmUpCount: 1 }).heartbeats).toBe(3);
  });

  test('has percentiles of detection', () => {
    const late = Array.from({ length: 200 }, (_, row) => row * 100 + (row === 150 ? 50 : 0));
    const quality = qualityOf(arriving(...late), timeout(100), { warmUpCount: 99 });
    // One crash of 101 is noticed later.
    expect(quality.detectionP99Ms).toBe(100);
    const few = qualityOf(arriving(...late), timeout(100), { warmUpCount: 149 });
    expect(few.detectionP99Ms).toBe(150);
  });

  test('is that of several traces together, each learned anew', () => {
    const [calm, rough] = [arriving(5, 105, 205), arriving(5, 105, Infinity, 305)];
    const quality = qualityOf([calm, rough], timeout(150), { warmUpCount: 1 });
    expect(quality.mistakes).toBe(1);
    expect(quality.observedMs).toBe(500);
    expect(quality.heartbeats).toBe(4);
  });
});

describe('a suspicion', () => {
  test('goes on over a heartbeat whose deadline has passed already', () => {
    // Suspected from 150; the heartbeat at 205 is so late that it changes nothing.
    const quality = qualityOf(arriving(5, 205, 305), scripted(150, 180, 450), { warmUpCount: 1 });
    expect(quality.mistakes).toBe(1);
    expect(quality.mistakeMs).toBe(155);
    // A crash after the heartbeat sent at 100 was suspected since 150, one after 200 from 450.
    expect(quality.detectionMs).toBe((50 + 250) / 2);
  });

  test('begins with a heartbeat whose deadline lies before it, if the peer was trusted', () => {
    const quality = qualityOf(arriving(5, 105, 205), scripted(500, 90, 500), { warmUpCount: 1 });
    expect(quality.mistakes).toBe(1);
    expect(quality.mistakeMs).toBe(100);
  });

  test('of a crash never takes less than no time', () => {
    const quality = qualityOf(arriving(90, 190), scripted(95, 100), { warmUpCount: 1 });
    expect(quality.detectionMs).toBe(0);
  });
});

describe('what cannot be judged is refused', () => {
  test.each([
    ['no trace', [], {}, /^traces: expected at least 1/],
    ['one heartbeat', [arriving(5)], {}, /^trace: expected 2 delivered/],
    [
      'no time of learning',
      [arriving(5, 105)],
      { warmUpCount: 0 },
      /^warmUpCount: expected 1\.\.1/,
    ],
    ['nothing but learning', [arriving(5, 105)], { warmUpCount: 2 }, /^warmUpCount/],
    ['half a heartbeat', [arriving(5, 105)], { warmUpCount: 1.5 }, /^warmUpCount/],
  ])('%s', (_what, traces, options, message) => {
    expect(() => qualityOf(traces, timeout(100), options)).toThrow(message);
  });
});
