import { expect, test } from 'vitest';

import { SimCharts } from '../../src/sim/sim-charts.ts';
import type { PageEvent } from '../../src/supervisor/cluster-view.ts';

test('sums up each half second of virtual time, and keeps two minutes', () => {
  const events: PageEvent[] = [];
  const charts = new SimCharts((event) => events.push(event));
  charts.answered({ outcome: 'done', latencyMs: 20 });
  charts.answered({ outcome: 'unknown', latencyMs: 3_000 });
  charts.sent(50);
  charts.advance(499);
  expect(events).toEqual([]);
  charts.advance(1_100);
  const empty = { messagesPerSecond: 0, okPerSecond: 0, unknownPerSecond: 0, p99Ms: 0 };
  expect(events).toMatchObject([
    {
      kind: 'point',
      point: { atMs: 500, messagesPerSecond: 100, okPerSecond: 2, unknownPerSecond: 2, p99Ms: 20 },
    },
    { kind: 'point', point: { atMs: 1_000, ...empty } },
  ]);
  for (let mark = 0; mark < 300; mark += 1) charts.mark(mark, 'fault', `kill n${mark}`);
  charts.advance(500_000);
  const { history } = charts;
  expect([history.points.length, history.marks.length]).toEqual([240, 200]);
  expect(history.points[0]?.atMs).toBe(380_500);
  expect(history.marks[0]?.text).toBe('kill n100');
});
