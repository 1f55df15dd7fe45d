import { describeCounterexample } from '@quorate/linearizability';

import { configModel } from '../check/config-model.ts';
import type { ChaosReport } from './chaos.ts';

const shownMax = 10;

/** A report for people: a table, what was promised, and what was not kept. */
export function chaosText(report: ChaosReport): string {
  const { config, boards, problems, isSound, faultCount } = report;
  const findings = [
    ...problems,
    ...config.unpromised.map((text) => `unpromised: ${text}`),
    ...boards.unpromised.map((text) => `unpromised: ${text}`),
    ...boards.lost.map((text) => `LOST EDIT: ${text}`),
    ...boards.diverged.map((text) => `copies differ: ${text}`),
  ];
  const more = findings.length - shownMax;
  return [
    tableOf(report),
    '',
    `${faultCount} faults`,
    `configuration: ${config.operationCount} operations, ${config.verdict}`,
    `boards: ${boards.boardCount}, ${boards.confirmedCount} items confirmed, ` +
      `${boards.lost.length} lost, ${boards.diverged.length} boards with differing copies`,
    `        ${boards.givenUpCount} items never confirmed, ${boards.repeatedCount} added twice, ` +
      `${boards.deniedCount} answers that a board does not exist`,
    ...(config.counterexample
      ? ['', describeCounterexample(configModel, config.counterexample)]
      : []),
    ...findings.slice(0, shownMax),
    ...(more > 0 ? [`and ${more} more`] : []),
    isSound ? 'every promise was kept' : 'PROMISES WERE BROKEN',
  ].join('\n');
}

function tableOf({ rows }: ChaosReport): string {
  const head = ['fault', 'load', 'requests', 'refused', 'unknown', 'errors', 'p50 ms', 'p99 ms'];
  const lines = rows.map((row) => [
    ...[row.fault, row.load],
    ...[row.requestCount, row.refusedCount, row.unknownCount].map(String),
    `${(row.errorRate * 100).toFixed(1)} %`,
    ...[row.p50Ms, row.p99Ms].map((ms) => ms.toFixed(1)),
  ]);
  const table = [head, ...lines];
  const widths = head.map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  return table
    .map((line) =>
      line
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
