/** What a run leaves behind for those who want to know how it came to that. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatJsonLines } from '@quorate/linearizability';

import type { ChaosReport } from './chaos.ts';
import { chaosText } from './chaos-report.ts';

/**
 * Writes the report, the history with its page, and when what went wrong.
 *
 * @param run - What was asked for: whatever makes the run again.
 * @returns What there is to look at, and how.
 */
export function writeChaosFiles(directory: string, run: object, report: ChaosReport): string {
  mkdirSync(directory, { recursive: true });
  const fileOf = (name: string): string => join(directory, name);
  writeFileSync(fileOf('report.txt'), `${chaosText(report)}\n`);
  writeFileSync(fileOf('report.json'), `${reportJson(run, report)}\n`);
  if (report.config === undefined) return `see ${fileOf('report.txt')}`;
  const { history, page } = report.config.evidence;
  writeFileSync(fileOf('history.jsonl'), formatJsonLines(history));
  writeFileSync(fileOf('history.html'), page('Keys under chaos', report.spans));
  return [
    `see ${fileOf('history.html')} in a browser: operations, and the faults behind them`,
    `    ${fileOf('report.json')}: all figures, lost items, and when what went wrong`,
    `    demo check ${fileOf('history.jsonl')}: checks the history again`,
  ].join('\n');
}

/** The whole report as JSON, but for the history, which has a file of its own. */
export function reportJson(run: object, report: ChaosReport): string {
  const { config } = report;
  if (config === undefined) return JSON.stringify({ ...run, ...report });
  const { evidence: _, ...shown } = config;
  return JSON.stringify({ ...run, ...report, config: shown });
}
