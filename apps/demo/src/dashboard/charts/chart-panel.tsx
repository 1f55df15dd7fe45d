import { effect, untracked } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

import { marks, points } from '../feed.ts';
import { milliseconds } from '../format.ts';
import { theme } from '../theme.ts';
import type { ChartPoint } from '../../supervisor/cluster-view.ts';

interface Line {
  readonly label: string;
  /** A CSS variable of the page. */
  readonly colour: string;
  readonly dash?: readonly number[];
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
      <Chart title="Requests per second" lines={requestLines} unit={plain} />
      <Chart title="Latency" lines={latencyLines} unit={milliseconds} />
      <Chart title="Messages between nodes per second" lines={messageLines} unit={plain} />
    </section>
  );
}

function Chart(props: {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly unit: (value: number) => string;
}) {
  const { title, lines, unit } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let plot: UPlot | undefined;
    // Colours are part of a plot, so a change of theme makes a new one.
    const draw = (): void => {
      plot?.destroy();
      plot = new UPlot(
        optionsOf(element, lines, unit),
        untracked(() => dataOf(lines)),
        element,
      );
    };
    const stopTheme = theme.subscribe(draw);
    const stopData = effect(() => {
      const data = dataOf(lines);
      plot?.setData(data);
      // Without a pointer over a chart its legend tells the newest figures.
      if (plot && (plot.cursor.left ?? -1) < 0) plot.setLegend({ idx: data[0].length - 1 });
    });
    const resized = new ResizeObserver(() => {
      plot?.setSize({ width: element.clientWidth, height: chartHeight });
    });
    resized.observe(element);
    const systemTheme = matchMedia('(prefers-color-scheme: dark)');
    systemTheme.addEventListener('change', draw);
    return () => {
      stopTheme();
      stopData();
      resized.disconnect();
      systemTheme.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, []);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

const chartHeight = 118;
const spanSeconds = 120;

function dataOf(lines: readonly Line[]): UPlot.AlignedData {
  const shown = points.value;
  return [shown.map(({ atMs }) => atMs / 1_000), ...lines.map(({ value }) => shown.map(value))];
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  unit: (value: number) => string,
): UPlot.Options {
  const styles = getComputedStyle(element);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink-2'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width: element.clientWidth,
    height: chartHeight,
    cursor: { sync: { key: 'charts' }, y: false },
    legend: { live: true },
    scales: {
      x: { time: true, range: (_, __, newest) => [newest - spanSeconds, newest] },
      y: { range: (_, __, highest) => [0, Math.max(highest * 1.1, 1)] },
    },
    axes: [
      { ...axis, size: 26, splits: xTicks, values: (_, ticks) => ticks.map(secondsAgo) },
      { ...axis, size: 56, space: 28, values: (_, ticks) => ticks.map(unit) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name, dash }) => ({
        label,
        stroke: colour(name),
        width: 1.75,
        points: { show: false },
        // uPlot passes nothing at all where a plot has no points yet.
        value: (_: UPlot, value?: number | null) => (typeof value === 'number' ? unit(value) : '–'),
        ...(dash ? { dash: [...dash] } : {}),
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, colour)] },
  };
}

const markColours = { fault: '--bad', repair: '--good', election: '--leader' } as const;
const markDashes = { fault: [], repair: [6, 4], election: [2, 3] } as const;

function drawMarks(plot: UPlot, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { atMs, kind } of marks.value) {
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

function newestSeconds(): number {
  return (points.value.at(-1)?.atMs ?? 0) / 1_000;
}

function xTicks(): number[] {
  return [90, 60, 30, 0].map((ago) => newestSeconds() - ago);
}

function secondsAgo(atSeconds: number): string {
  const ago = Math.round(newestSeconds() - atSeconds);
  return ago <= 0 ? 'now' : `${ago} s ago`;
}

function plain(value: number): string {
  return value >= 10_000 ? `${(value / 1_000).toFixed(0)}k` : value.toFixed(0);
}
