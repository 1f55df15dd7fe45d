import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import type { Contender, Sample } from '../suite.ts';
import type { HistoryFile } from './history-files.ts';

/** What a process prints that checks histories. */
export interface CheckTimes {
  /** For each file, whether it is linearizable. */
  readonly verdicts: readonly boolean[];
  /** CPU time of checking all files in a fresh process. */
  readonly firstMs: number;
  /** The same once the process has done it for a while. */
  readonly settledMs: number;
}

/** A program that checks the files it is given. */
export interface Checker {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

/** The figures of a case. */
export const metrics = [
  { name: 'CPU time', unit: 'ms', better: 'lower' },
  { name: 'CPU time, fresh process', unit: 'ms', better: 'lower' },
] as const;

/** Each run is a process of its own, and its verdicts are checked. */
export function checkerContender(
  name: string,
  start: () => Promise<Checker>,
  files: readonly HistoryFile[],
): Contender {
  let checker: Checker | undefined;
  return {
    name,
    setUp: async () => {
      checker = await start();
    },
    run: () => {
      if (checker === undefined) throw new Error('the checker is not set up');
      return runChecker(checker, files);
    },
    tearDown: () => checker?.remove(),
  };
}

async function runChecker(checker: Checker, files: readonly HistoryFile[]): Promise<Sample> {
  const { command, args, env } = checker;
  const child = spawn(command, [...args, ...files.map(({ path }) => path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`${command}: exit code ${String(child.exitCode)}`);
  const { verdicts, firstMs, settledMs } = JSON.parse(output) as CheckTimes;
  files.forEach(({ path, isLinearizable }, index) => {
    if (verdicts[index] !== isLinearizable) throw new Error(`wrong verdict on ${path}`);
  });
  return { 'CPU time': settledMs, 'CPU time, fresh process': firstMs };
}
