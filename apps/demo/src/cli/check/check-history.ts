/** `demo check`: whether what clients saw is linearizable. */
import { readFileSync, writeFileSync } from 'node:fs';

import { HistoryError } from '@quorate/linearizability';

import type { ExitCode, Shell } from '../shell.ts';
import { type Examination, examine, type HistoryModel } from './history-models.ts';

/** What to judge. */
export interface CheckSettings {
  /** What it is called in messages. */
  readonly name: string;
  readonly read: () => string | Promise<string>;
  readonly model: HistoryModel;
  /** Where to leave a page that shows it. */
  readonly htmlFile: string | undefined;
  /** From when on it is unknown, in ms. */
  readonly timeoutMs: number;
}

type CheckShell = Pick<Shell, 'print' | 'note' | 'isJson' | 'interrupted'>;

const exitCodes = { linearizable: 0, 'not-linearizable': 1, unknown: 2 } as const;

/** @returns 0 linearizable, 1 not, 2 unknown or no history. */
export async function checkHistory(settings: CheckSettings, shell: CheckShell): Promise<ExitCode> {
  const { name, htmlFile } = settings;
  let found: Examination;
  try {
    const patience = { timeoutMs: settings.timeoutMs, signal: shell.interrupted };
    found = await examine(await settings.read(), settings.model, patience);
  } catch (error) {
    const isOfFile = typeof Reflect.get(Object(error), 'syscall') === 'string';
    if (!(error instanceof HistoryError || (error instanceof Error && isOfFile))) throw error;
    shell.note(`demo: check: ${name}: ${error.message}`);
    return 2;
  }
  if (htmlFile !== undefined) writeFileSync(htmlFile, found.page());
  say(found, shell);
  return shell.interrupted.aborted ? 130 : exitCodes[found.verdict];
}

/** The history in a file. */
export function fileOf(path: string): Pick<CheckSettings, 'name' | 'read'> {
  return { name: path, read: () => readFileSync(path, 'utf8') };
}

function say(found: Examination, { print, isJson }: CheckShell): void {
  const { verdict, reason, operationCount, counterexample } = found;
  if (isJson) {
    print(JSON.stringify({ verdict, reason, operationCount, counterexample }));
    return;
  }
  print(`${verdict}${reason === undefined ? '' : ` (${reason})`}: ${operationCount} operations`);
  if (counterexample !== undefined) print(counterexample);
}
