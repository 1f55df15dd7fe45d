import type { ChartLine } from './charts/time-chart.tsx';

const colours: readonly string[] = [
  '--follower',
  '--leader',
  '--good',
  '--candidate',
  '--snapshot',
  '--bad',
  '--ink-2',
  '--warn',
  '--primary',
];
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [5, 5]];

/** The line of node `index` in charts: a colour and a dash, so that neither is needed alone. */
export function nodeLine(label: string, index: number): ChartLine {
  const colour = colours[index % colours.length] ?? '--ink';
  return { label, colour, dash: dashes[index % dashes.length] ?? [] };
}
