import { effect, untracked } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

import { clockTime } from '../format.ts';
import { theme } from '../theme.ts';
import { viewedMs } from '../time/viewed.ts';

/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** A CSS variable of the page. */
  readonly colour: string;
  readonly dash?: readonly number[];
}

/** A chart over time. */
export interface TimeChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** Seconds, then one row of values for each line. What it reads of signals is followed. */
  readonly data: () => UPlot.AlignedData;
  readonly unit: (value: number) => string;
  readonly heightPx: number;
  readonly spanSeconds: number;
  /** The upper end of the scale for the highest value that is shown. */
  readonly top: (highest: number) => number;
  /** Draws over the lines. */
  readonly over?: (plot: UPlot, colour: (name: string) => string) => void;
}

/** Draws lines over the last seconds, and follows what they are drawn from. */
export function TimeChart(props: TimeChartProps) {
  const { title, data } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let plot: UPlot | undefined;
    // Colours are part of a plot, so a change of theme makes a new one.
    const draw = (): void => {
      plot?.destroy();
      plot = new UPlot(optionsOf(element, props), untracked(data), element);
    };
    const stopTheme = theme.subscribe(draw);
    const stopData = effect(() => {
      const next = data();
      plot?.setData(next);
      // Without a pointer over a chart its legend tells the newest figures.
      if (plot && (plot.cursor.left ?? -1) < 0) plot.setLegend({ idx: next[0].length - 1 });
    });
    const resized = new ResizeObserver(() => {
      plot?.setSize({ width: element.clientWidth, height: props.heightPx });
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

function optionsOf(element: HTMLElement, props: TimeChartProps): UPlot.Options {
  const { lines, unit, heightPx, spanSeconds, top, over } = props;
  const styles = getComputedStyle(element);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink-2'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  const ticks = [0.75, 0.5, 0.25, 0].map((share) => share * spanSeconds);
  const newest = (plot: UPlot): number => plot.data[0].at(-1) ?? 0;
  const ago = (plot: UPlot, at: number): string => {
    const seconds = Math.round(newest(plot) - at);
    if (seconds > 0) return `${seconds} s ago`;
    return viewedMs.peek() === undefined ? 'now' : 'then';
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    cursor: { sync: { key: 'charts' }, y: false },
    legend: { live: true },
    scales: {
      x: { time: true, range: (_, __, last) => [last - spanSeconds, last] },
      y: { range: (_, __, highest) => [0, top(highest)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        splits: (plot) => ticks.map((seconds) => newest(plot) - seconds),
        values: (plot, at) => at.map((each) => ago(plot, each)),
      },
      { ...axis, size: 56, space: 28, values: (_, at) => at.map(unit) },
    ],
    series: [
      { label: 'at', value: (_, at) => clockTime(at * 1_000) },
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
    hooks: { draw: [(plot) => over?.(plot, colour)] },
  };
}
