import { describe, expect, test } from 'vitest';

import { OutlierRow } from '../src/outlier-row.ts';
import { Arrivals } from './support/arrivals.ts';

const INTERVAL_MS = 100;

/** A row of heartbeats, each as long after the one before and as late as it says. */
function rowOf(beats: readonly (readonly [silenceMs: number, latenessMs: number])[]): OutlierRow {
  const row = new OutlierRow();
  const arrivals = new Arrivals();
  for (const [silenceMs, latenessMs] of beats) {
    row.push(arrivals.next(silenceMs, { latenessMs }), INTERVAL_MS);
  }
  return row;
}

describe('OutlierRow', () => {
  test('a peer that slows down shows its interval', () => {
    const row = rowOf([
      [250, 150],
      [250, 300],
      [250, 450],
    ]);
    expect([row.count, row.intervalMs(INTERVAL_MS)]).toEqual([3, 250]);
  });

  test('a peer that sends more often shows its interval', () => {
    const row = rowOf([
      [20, -160],
      [20, -240],
      [20, -320],
    ]);
    expect([row.count, row.intervalMs(INTERVAL_MS)]).toEqual([3, 20]);
  });

  test('a schedule that was put off keeps its interval', () => {
    const row = rowOf([
      [400, 300],
      [103, 303],
      [99, 302],
    ]);
    expect([row.count, row.intervalMs(INTERVAL_MS)]).toEqual([3, INTERVAL_MS]);
  });

  test('steps that differ are noise', () => {
    const row = rowOf([
      [400, 300],
      [180, 380],
      [101, 381],
    ]);
    expect([row.count, row.intervalMs(INTERVAL_MS)]).toEqual([3, INTERVAL_MS]);
  });

  test('a backlog is no row: each of it is less late than the one before', () => {
    const row = rowOf([
      [1_000, 900],
      [0, 800],
      [0, 700],
      [1, 601],
    ]);
    expect(row.count).toBe(1);
  });

  test('a heartbeat on the other side begins another row', () => {
    const row = rowOf([
      [400, 300],
      [400, 600],
      [0, -200],
    ]);
    expect(row.count).toBe(1);
  });

  test('lost heartbeats are steps that were not seen', () => {
    const row = new OutlierRow();
    const arrivals = new Arrivals();
    row.push(arrivals.next(0, { latenessMs: 300 }), INTERVAL_MS);
    row.push(arrivals.next(500, { gap: 2, latenessMs: 600 }), INTERVAL_MS);
    row.push(arrivals.next(250, { latenessMs: 750 }), INTERVAL_MS);
    expect(row.intervalMs(INTERVAL_MS)).toBe(250);
  });
});
