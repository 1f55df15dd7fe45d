import type { BenchResult } from './harness.ts';

/** One result as one line of JSON, with the fields that design and READMEs quote. */
export function jsonLine(result: BenchResult): string {
  return JSON.stringify(result);
}

const header = ['case', 'metric', 'ours', 'peer', 'peer name', 'ratio', 'note'] as const;

/** The results of one suite as a table for people, columns padded, numbers to four digits. */
export function table(results: readonly BenchResult[]): string {
  const rows = [header, ...results.map(cellsOf)];
  const widths = header.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function cellsOf(result: BenchResult): readonly string[] {
  return [
    result.case,
    result.metric,
    figure(result.ours, result.unit),
    figure(result.peer, result.unit),
    result.peerName ?? '-',
    result.ratio === null ? '-' : `${result.ratio.toFixed(2)}x`,
    result.note ?? '',
  ];
}

function figure(value: number | null, unit: string): string {
  if (value === null) return '-';
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 4 })} ${unit}`;
}
