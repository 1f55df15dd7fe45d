/**
 * Checks the histories in the files that it is given, and prints one line of JSON: the verdicts,
 * and the CPU time of checking all of them in milliseconds, the first time and settled. Parsing is
 * not measured; the compiler's and the collector's threads are. The twin of `porcupine-main.go`,
 * but that after `--explain` it makes counterexamples too.
 */
import { readFileSync } from 'node:fs';

import {
  casRegister,
  checkSync,
  keyValue,
  historyFor,
  parseJepsenLog,
  parsePorcupineKeyValue,
  type Scalar,
} from '@quorate/linearizability';

import type { CheckTimes } from './times.ts';

/** Checks one history. */
type Check = () => boolean;

/** How long to check for the compilers to settle, and then to measure. */
const SETTLE_MS = 300;
const MEASURE_MS = 500;

function checkOf(path: string, explain: 'minimal' | 'none'): Check {
  const text = readFileSync(path, 'utf8');
  const options = { explain };
  if (path.endsWith('.log')) {
    const history = historyFor.casRegister(parseJepsenLog(text).history);
    const model = casRegister<Scalar>(null);
    return () => checkSync(model, history, options).verdict === 'linearizable';
  }
  const history = parsePorcupineKeyValue(text);
  const model = keyValue('');
  return () => checkSync(model, history, options).verdict === 'linearizable';
}

function checkAll(checks: readonly Check[]): { verdicts: boolean[]; ms: number } {
  const before = process.cpuUsage();
  const verdicts = checks.map((check) => check());
  const { user, system } = process.cpuUsage(before);
  return { verdicts, ms: (user + system) / 1_000 };
}

/** Checks all for at least `ms`; returns how long once takes. */
function measure(checks: readonly Check[], ms: number): number {
  let totalMs = 0;
  let rounds = 0;
  for (; totalMs < ms; rounds += 1) totalMs += checkAll(checks).ms;
  return totalMs / rounds;
}

const explains = process.argv[2] === '--explain';
const checks = process.argv
  .slice(explains ? 3 : 2)
  .map((path) => checkOf(path, explains ? 'minimal' : 'none'));
const first = checkAll(checks);
measure(checks, SETTLE_MS);
const times: CheckTimes = {
  verdicts: first.verdicts,
  firstMs: first.ms,
  settledMs: measure(checks, MEASURE_MS),
};
process.stdout.write(JSON.stringify(times));
