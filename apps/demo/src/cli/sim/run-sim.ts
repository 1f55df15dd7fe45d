/** `demo sim`: many runs of the simulated cluster, until one breaks a promise. */
import { writeFileSync } from 'node:fs';

import type { SeedResult } from '../../scenarios/run-seeds.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { brokenOf, formatFailing } from './failing-run.ts';
import type { SimJob } from './sim-job.ts';
import { playInWorkers } from './sim-pool.ts';

/** What to play. */
export interface SimSettings {
  readonly first: number;
  readonly last: number;
  /** Of each run but its seed. */
  readonly job: Omit<SimJob, 'seed'>;
  readonly endsAtViolation: boolean;
  readonly workerCount: number;
  readonly outFile: string;
}

/** Plays them. @returns 1 if a promise was broken, 130 if it was ended before all was played. */
export async function runSim(
  settings: SimSettings,
  shell: Pick<Shell, 'print' | 'note' | 'progress' | 'isJson' | 'interrupted' | 'mainFile'>,
): Promise<ExitCode> {
  const { first, last, job, endsAtViolation, workerCount, outFile } = settings;
  const startedAtMs = performance.now();
  const count = last - first + 1;
  let playedCount = 0;
  const failed: { readonly job: SimJob; readonly result: SeedResult }[] = [];
  await playInWorkers({
    jobs: jobsOf(job, first, last),
    workerCount: Math.min(workerCount, count),
    ...{ mainFile: shell.mainFile, signal: shell.interrupted },
    onResult: (one, result) => {
      playedCount += 1;
      if (shell.isJson) shell.print(JSON.stringify({ ...result, broken: brokenOf(result) }));
      if (!result.holds) failed.push({ job: one, result });
      if (!result.holds && !shell.isJson) shell.print(violationText(result));
      const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
      const of = count > 1e9 ? '' : ` of ${count}`;
      shell.progress.show(`${playedCount}${of} runs, ${failed.length} broken, ${seconds} s`);
      return endsAtViolation && !result.holds ? 'enough' : 'go on';
    },
  });
  // The first seed, not the first to end: that does not depend on the workers.
  const [worst] = failed.toSorted((left, right) => left.job.seed - right.job.seed);
  if (worst !== undefined) {
    writeFileSync(outFile, formatFailing(worst.job, worst.result));
    shell.note(`seed ${worst.job.seed} is in ${outFile}; again: demo replay ${outFile}`);
  }
  const isInterrupted = shell.interrupted.aborted;
  if (!shell.isJson) {
    const end = isInterrupted ? ', ended by Ctrl-C' : '';
    shell.print(`${playedCount} runs, ${failed.length} broke a promise${end}`);
  }
  return failed.length > 0 ? 1 : isInterrupted ? 130 : 0;
}

function* jobsOf(job: Omit<SimJob, 'seed'>, first: number, last: number): Generator<SimJob> {
  for (let seed = first; seed <= last; seed += 1) yield { ...job, seed };
}

function violationText(result: SeedResult): string {
  const claims = brokenOf(result).map(({ claim, detail }) => `${claim}: ${detail}`);
  return `✗ seed ${result.seed}, run ${result.hash}: ${claims.join('; ')}`;
}
