import { describeCounterexample } from '@quorate/linearizability';

import { configModel } from '../check/config-model.ts';
import type { ChaosReport } from './chaos.ts';

const shownMax = 10;
const MEGABYTE = 1_000_000;
/** A process of a node is to get along with less, whatever it is asked for. */
const RESIDENT_BYTES_WANTED = 120 * MEGABYTE;

/** A report for people: tables, what was promised, and what was not kept. */
export function chaosText(report: ChaosReport): string {
  const { config, isSound, faults, seconds, donePerSecond } = report;
  const findings = findingsOf(report);
  const more = findings.length - shownMax;
  const faultCount = faults.reduce((sum, { count }) => sum + count, 0);
  return [
    requestTable(report),
    '',
    ...(faults.length === 0 ? [] : [faultTable(report), '']),
    ...(report.nodes.length === 0 ? [] : [nodeTable(report), '']),
    `${faultCount} faults in ${seconds.toFixed(0)} s, ` +
      `${donePerSecond.toFixed(0)} requests done per s`,
    ...(report.nodes.length === 0 ? [] : [memoryLine(report)]),
    ...verdictLines(report),
    ...(config?.counterexample
      ? ['', describeCounterexample(configModel, config.counterexample)]
      : []),
    ...findings.slice(0, shownMax),
    ...(more > 0 ? [`and ${more} more`] : []),
    isSound ? 'every promise was kept' : 'PROMISES WERE BROKEN',
  ].join('\n');
}

function verdictLines({ config, boards }: ChaosReport): readonly string[] {
  return [
    config === undefined
      ? 'configuration: not judged'
      : `configuration: ${config.operationCount} operations, ${config.verdict}`,
    ...(boards === undefined
      ? ['boards: not judged']
      : [
          `boards: ${boards.boardCount}, ${boards.confirmedCount} items confirmed, ` +
            `${boards.lost.length} lost, ${boards.diverged.length} boards with differing copies`,
          `        ${boards.givenUpCount} items never confirmed, ${boards.repeatedCount} added ` +
            `twice, ${boards.deniedCount} answers that a board does not exist`,
        ]),
  ];
}

/** Nobody was promised how large a process is, so this is no matter of sound or not. */
function memoryLine({ nodes }: ChaosReport): string {
  const large = nodes.filter(({ residentBytesMax }) => residentBytesMax >= RESIDENT_BYTES_WANTED);
  const wanted = `less than ${RESIDENT_BYTES_WANTED / MEGABYTE} MB`;
  if (large.length === 0) return `memory: every node had ${wanted}`;
  return `memory: ${large.map(({ node }) => node).join()} had more than wanted, ${wanted}`;
}

function findingsOf({ problems, config, boards }: ChaosReport): readonly string[] {
  return [
    ...problems,
    ...(config?.unpromised ?? []).map((text) => `unpromised: ${text}`),
    ...(boards?.unpromised ?? []).map((text) => `unpromised: ${text}`),
    ...(boards?.lost ?? []).map((text) => `LOST EDIT: ${text}`),
    ...(boards?.diverged ?? []).map((text) => `copies differ: ${text}`),
  ];
}

function requestTable({ rows }: ChaosReport): string {
  const head = [
    ...['fault', 'load', 'requests', 'refused', 'unknown', 'skipped', 'errors'],
    ...['p50 ms', 'p99 ms', 'max ms'],
  ];
  const lines = rows.map((row) => [
    ...[row.fault, row.load],
    ...[row.requestCount, row.refusedCount, row.unknownCount, row.skippedCount].map(String),
    `${(row.errorRate * 100).toFixed(1)} %`,
    ...[row.p50Ms, row.p99Ms, row.maxMs].map((ms) => ms.toFixed(1)),
  ]);
  return tableOf([head, ...lines], 2);
}

function faultTable({ faults }: ChaosReport): string {
  const head = ['fault', 'times', 'without leader ms', 'at most', 'well again after ms', 'at most'];
  const lines = faults.map((row) => [
    ...[row.fault, String(row.count)],
    ...[row.leaderlessMeanMs, row.leaderlessMaxMs, row.recoveryMeanMs, row.recoveryMaxMs].map(
      (ms) => ms.toFixed(0),
    ),
  ]);
  return tableOf([head, ...lines], 1);
}

function nodeTable({ nodes }: ChaosReport): string {
  const lines = nodes.map(({ node, cpuShare, residentBytesMax }) => [
    ...[node, `${(cpuShare * 100).toFixed(0)} %`, (residentBytesMax / MEGABYTE).toFixed(0)],
  ]);
  return tableOf([['node', 'processor', 'memory at most, MB'], ...lines], 1);
}

/** @param textColumns - So many columns on the left are text; those behind are numbers. */
function tableOf(table: readonly (readonly string[])[], textColumns: number): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  const cellOf = (cell: string, column: number): string =>
    column < textColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return table.map((line) => line.map(cellOf).join('  ')).join('\n');
}
