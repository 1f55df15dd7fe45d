/** `demo check`: whether a recorded history of the configuration is linearizable. */
import { readFileSync, writeFileSync } from 'node:fs';

import {
  checkSync,
  describeCounterexample,
  HistoryError,
  htmlReport,
} from '@quorate/linearizability';

import { parseConfigHistory } from '../check/config-history.ts';
import { configModel } from '../check/config-model.ts';
import type { ExitCode, Shell } from './shell.ts';

/** What to judge. */
export interface CheckSettings {
  readonly file: string;
  /** Where to leave a page that shows it. */
  readonly htmlFile: string | undefined;
}

/** @returns The exit code: 0 linearizable, 1 not, 2 unknown or no history. */
export function runCheck(
  { file, htmlFile }: CheckSettings,
  { print, note, isJson }: Pick<Shell, 'print' | 'note' | 'isJson'>,
): ExitCode {
  let history: ReturnType<typeof parseConfigHistory>;
  try {
    history = parseConfigHistory(readFileSync(file, 'utf8'));
  } catch (error) {
    const isOurs = error instanceof HistoryError || (error instanceof Error && 'code' in error);
    if (!isOurs) throw error;
    note(`demo: check: ${file}: ${error.message}`);
    return 2;
  }
  const result = checkSync(configModel, history);
  const { verdict, counterexample } = result;
  if (htmlFile !== undefined) writeFileSync(htmlFile, htmlReport(configModel, history, result));
  if (isJson) print(JSON.stringify({ verdict, operationCount: history.length }));
  else print(`${verdict}: ${history.length} operations`);
  if (counterexample !== undefined && !isJson) {
    print(describeCounterexample(configModel, counterexample));
  }
  return verdict === 'linearizable' ? 0 : verdict === 'not-linearizable' ? 1 : 2;
}
