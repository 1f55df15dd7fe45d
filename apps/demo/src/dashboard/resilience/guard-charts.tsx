import { signal } from '@preact/signals';

import { type Line, plain, PointChart } from '../charts/chart-panel.tsx';
import { follow } from '../feed.ts';
import { milliseconds } from '../format.ts';
import { type BreakerChange, changesBefore, countAt, withCount } from './breaker-history.ts';

const changes = signal<readonly BreakerChange[]>([]);

follow({
  onView: (atMs, { nodes }) => {
    changes.value = withCount(changes.peek(), nodes, atMs);
  },
  onForget: (fromMs) => {
    changes.value = changesBefore(changes.peek(), fromMs);
  },
});

const requests: readonly Line[] = [
  { label: 'answered', colour: '--good', value: (point) => point.okPerSecond },
  { label: 'refused', colour: '--warn', dash: [6, 4], value: (point) => point.failedPerSecond },
  { label: 'unknown', colour: '--bad', dash: [2, 3], value: (point) => point.unknownPerSecond },
  {
    label: '429',
    colour: '--vote',
    dash: [1, 4],
    value: (point) => point.limitedPerSecond ?? null,
  },
];
const latencies: readonly Line[] = [
  { label: 'p99', colour: '--leader', value: (point) => point.p99Ms || null },
  { label: 'p95', colour: '--candidate', dash: [2, 3], value: (point) => point.p95Ms ?? null },
  { label: 'p50', colour: '--follower', dash: [6, 4], value: (point) => point.p50Ms || null },
];
const breakers: readonly Line[] = [
  { label: 'not closed', colour: '--bad', value: ({ atMs }) => countAt(changes.value, atMs) },
];

/** Requests, their latency and the breakers on one time, with what was wrong behind them. */
export function GuardCharts() {
  return (
    <section class="panel full" aria-labelledby="guards-title">
      <div class="panel-head">
        <h2 id="guards-title">What it did to requests</h2>
        <p class="hint">shaded: something is wrong; lines: faults, repairs, new leaders</p>
      </div>
      <div class="plots">
        <PointChart title="Requests/s" lines={requests} unit={plain} />
        <PointChart title="Latency" lines={latencies} unit={milliseconds} />
        <PointChart title="Breakers that are not closed" lines={breakers} unit={plain} />
      </div>
    </section>
  );
}
