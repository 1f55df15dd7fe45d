import type UPlot from 'uplot';

import type { ChartPoint } from '../../supervisor/cluster-view.ts';
import { marks, points } from '../feed.ts';
import { milliseconds } from '../format.ts';
import { faultBands } from './fault-bands.ts';
import { type ChartLine, TimeChart } from './time-chart.tsx';

/** One line of a chart of points. */
export interface Line extends ChartLine {
  readonly value: (point: ChartPoint) => number | null;
}

const requestLines: readonly Line[] = [
  { label: 'answered', colour: '--good', value: (point) => point.okPerSecond },
  { label: 'refused', colour: '--warn', dash: [6, 4], value: (point) => point.failedPerSecond },
  { label: 'unknown', colour: '--bad', dash: [2, 3], value: (point) => point.unknownPerSecond },
];

// No answer is no latency: a gap, not a zero.
const latencyLines: readonly Line[] = [
  { label: 'p99', colour: '--leader', value: (point) => point.p99Ms || null },
  { label: 'p50', colour: '--follower', dash: [6, 4], value: (point) => point.p50Ms || null },
];

const messageLines: readonly Line[] = [
  { label: 'messages', colour: '--append', value: (point) => point.messagesPerSecond },
];

/** The last two minutes, with a line for every fault and election. */
export function ChartPanel() {
  return (
    <section class="panel" aria-labelledby="charts-title">
      <div class="panel-head">
        <h2 id="charts-title">Two minutes</h2>
        <ul class="legend">
          <li>
            <i class="rule fault" /> fault
          </li>
          <li>
            <i class="rule repair" /> repair
          </li>
          <li>
            <i class="rule election" /> new leader
          </li>
        </ul>
      </div>
      <PointChart title="Requests per second" lines={requestLines} unit={plain} />
      <PointChart title="Latency" lines={latencyLines} unit={milliseconds} />
      <PointChart title="Messages between nodes per second" lines={messageLines} unit={plain} />
    </section>
  );
}

/** Lines over the last two minutes, and what happened meanwhile. */
export function PointChart(props: {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly unit: (value: number) => string;
}) {
  const { lines } = props;
  return (
    <TimeChart
      {...props}
      data={() => {
        const shown = points.value;
        const seconds = shown.map(({ atMs }) => atMs / 1_000);
        return [seconds, ...lines.map(({ value }) => shown.map(value))];
      }}
      heightPx={118}
      spanSeconds={120}
      top={(highest) => Math.max(highest * 1.1, 1)}
      over={drawMarks}
    />
  );
}

const markColours = { fault: '--bad', repair: '--good', election: '--leader' } as const;
const markDashes = { fault: [], repair: [6, 4], election: [2, 3] } as const;

function drawMarks(plot: UPlot, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  const newestMs = (plot.data[0].at(-1) ?? 0) * 1_000;
  ctx.fillStyle = `color-mix(in srgb, ${colour('--bad')} 9%, transparent)`;
  for (const { fromMs, untilMs } of faultBands(marks.value, newestMs)) {
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1_000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(untilMs / 1_000, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  for (const { atMs, kind } of marks.value) {
    if (kind === 'log') continue;
    const x = plot.valToPos(atMs / 1_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(markColours[kind]);
    ctx.setLineDash(markDashes[kind].map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** A count in few characters. */
export function plain(value: number): string {
  return value >= 10_000 ? `${(value / 1_000).toFixed(0)}k` : value.toFixed(0);
}
