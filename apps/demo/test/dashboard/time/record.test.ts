import { expect, test } from 'vitest';

import { type MessageWindow, TimeRecord } from '../../../src/dashboard/time/record.ts';
import type { ClusterView } from '../../../src/supervisor/cluster-view.ts';
import { nodeView } from '../../support/node-view.ts';

const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };

/** A cluster whose n2 has come to `logIndex`. */
function viewAt(logIndex: number): ClusterView {
  const figures = { lastLogIndex: logIndex };
  return {
    nodes: [nodeView('n1'), nodeView('n2', { figures })],
    ...{ leaderId: 'n1', groups: [], dataDirectory: '' },
    load: { ratePerSecond: logIndex % 7, totals },
  };
}

const windowAt = (atMs: number): MessageWindow => ({
  kind: 'messages',
  ...{ atMs, from: 'n1', windowMs: 100, samples: [] },
  sent: [{ peer: 'n2', count: 1, bytes: 1 }],
});

/** A view every 100 ms, and a window of messages. */
function recorded(untilMs: number, record = new TimeRecord()): TimeRecord {
  for (let atMs = 0; atMs <= untilMs; atMs += 100) {
    record.addView(atMs, viewAt(atMs));
    record.addMessages(atMs, windowAt(atMs));
  }
  return record;
}

test('shows each moment as it was, in any order', () => {
  const record = recorded(20_000);
  for (const atMs of [0, 15_000, 4_950, 5_000, 5_100, 19_999, 20_000, 90_000, 100]) {
    const shown = Math.min(20_000, Math.floor(atMs / 100) * 100);
    expect(record.viewAt(atMs), `at ${atMs} ms`).toEqual(viewAt(shown));
  }
});

test('has the messages between two times', () => {
  const times = recorded(20_000)
    .messagesIn(4_800, 5_200)
    .map(({ atMs }) => atMs);
  expect(times).toEqual([4_900, 5_000, 5_100, 5_200]);
});

test('is bounded, and forgets the oldest first', () => {
  const [record, larger] = [recorded(60_000, new TimeRecord(40_000)), recorded(60_000)];
  expect(larger.startMs).toBe(0);
  expect(record.startMs).toBeGreaterThan(20_000);
  expect(record.viewAt(0)).toEqual(viewAt(record.startMs));
  expect(record.viewAt(60_000)).toEqual(viewAt(60_000));
});

test('of another future forgets what is void, and goes on from there', () => {
  const record = recorded(20_000);
  record.forget(7_350);
  expect(record.endMs).toBe(7_300);
  expect(record.messagesIn(7_200, 20_000)).toHaveLength(1);
  record.addView(7_400, viewAt(1));
  record.addView(7_500, viewAt(2));
  expect(record.viewAt(7_350)).toEqual(viewAt(7_300));
  expect(record.viewAt(7_400)).toEqual(viewAt(1));
  expect(record.viewAt(20_000)).toEqual(viewAt(2));
  record.forget(0);
  expect(record.viewAt(0)).toBeUndefined();
});

test('what is told twice is known once', () => {
  const record = recorded(20_000);
  record.addView(3_000, viewAt(9));
  record.addMessages(3_000, windowAt(3_000));
  const point = { atMs: 500, messagesPerSecond: 1, okPerSecond: 1, failedPerSecond: 0 };
  const rest = { unknownPerSecond: 0, p50Ms: 1, p99Ms: 1 };
  for (let times = 0; times < 2; times += 1) {
    record.addChart([{ ...point, ...rest }], [{ atMs: 400, kind: 'fault', text: 'kill n1' }]);
  }
  expect(record.viewAt(3_000)).toEqual(viewAt(3_000));
  // The present stays where it was.
  expect(record.endMs).toBe(20_000);
  expect(record.messagesIn(2_900, 3_000)).toHaveLength(1);
  expect(record.pointsUntil(1_000, 9)).toHaveLength(1);
  expect(record.marksUntil(1_000)).toHaveLength(1);
});
