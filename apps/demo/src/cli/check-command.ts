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
import type { CheckCommand } from './command.ts';
import type { Output } from './scenario-command.ts';

/** @returns The exit code: 0 linearizable, 1 not, 2 unknown or no history. */
export function runCheck({ file, htmlFile, isJson }: CheckCommand, output: Output): number {
  let history: ReturnType<typeof parseConfigHistory>;
  try {
    history = parseConfigHistory(readFileSync(file, 'utf8'));
  } catch (error) {
    const isOurs = error instanceof HistoryError || (error instanceof Error && 'code' in error);
    if (!isOurs) throw error;
    output.note(`demo: check: ${file}: ${error.message}`);
    return 2;
  }
  const result = checkSync(configModel, history);
  const { verdict, counterexample } = result;
  if (htmlFile !== undefined) writeFileSync(htmlFile, htmlReport(configModel, history, result));
  if (isJson) output.print(JSON.stringify({ verdict, operationCount: history.length }));
  else output.print(`${verdict}: ${history.length} operations`);
  if (counterexample !== undefined && !isJson) {
    output.print(describeCounterexample(configModel, counterexample));
  }
  return verdict === 'linearizable' ? 0 : verdict === 'not-linearizable' ? 1 : 2;
}
