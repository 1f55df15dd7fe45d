/** `demo replay`: a run that failed, once more. */
import { readFileSync, writeFileSync } from 'node:fs';

import { ddmin } from '@quorate/simulation';

import type { SeedResult } from '../../scenarios/run-seeds.ts';
import { formatLink } from '../../sim/run-link.ts';
import { type ExitCode, Failure, type Shell } from '../shell.ts';
import { brokenOf, type FailingRun, formatFailing, parseFailing } from './failing-run.ts';
import { playJob, type SimJob } from './sim-job.ts';

/** What to replay. */
export interface ReplaySettings {
  readonly file: string;
  /** Where to leave the same failure with fewer inputs. */
  readonly shrunkFile: string | undefined;
}

/** What came of it. */
export interface Replay {
  readonly run: FailingRun;
  readonly result: SeedResult;
  readonly isSameRun: boolean;
  readonly isSameViolation: boolean;
}

/** @throws Failure if the file is none, or was given up. */
async function replay(file: string, signal: AbortSignal): Promise<Replay> {
  const run = readFailing(file);
  const result = await playJob(run.job, signal);
  if (result === undefined) throw new Failure('given up before the end');
  const seen = brokenOf(result).map(({ claim }) => claim);
  return {
    ...{ run, result, isSameRun: result.hash === run.hash },
    isSameViolation: run.broken.every(({ claim }) => seen.includes(claim)),
  };
}

/** The part of an address that shows the run in the page. */
export function linkOf({ seed, scenario, faults, inputs }: SimJob, endMs: number): string {
  const plan = { seed, scenario: scenario ?? undefined, faults, inputs, atMs: endMs };
  return `cluster?${formatLink(plan)}`;
}

/** @returns 1 if it breaks the same promise again, 0 if it does not any more. */
export async function runReplay(
  { file, shrunkFile }: ReplaySettings,
  shell: Pick<Shell, 'print' | 'note' | 'progress' | 'isJson' | 'interrupted'>,
): Promise<ExitCode> {
  const { run, result, isSameRun, isSameViolation } = await replay(file, shell.interrupted);
  const broken = brokenOf(result);
  const link = linkOf(run.job, result.endMs);
  if (shell.isJson) {
    shell.print(JSON.stringify({ ...result, broken, isSameRun, isSameViolation, link }));
  } else {
    shell.print(
      `${isSameRun ? 'the same run' : 'another run: the code has changed'}, ${result.hash}`,
    );
    for (const { claim, detail } of broken) shell.print(`✗ ${claim}: ${detail}`);
    if (broken.length === 0) shell.print('✓ every claim holds');
    shell.print(`page: #${link}`);
  }
  if (isSameViolation && shrunkFile !== undefined) await shrink(run, shrunkFile, shell);
  return isSameViolation ? 1 : 0;
}

async function shrink(
  { job, broken }: FailingRun,
  file: string,
  { note, progress, interrupted }: Pick<Shell, 'note' | 'progress' | 'interrupted'>,
): Promise<void> {
  let triedCount = 0;
  let smallest: { readonly job: SimJob; readonly result: SeedResult } | undefined;
  const inputs = await ddmin(job.inputs, async (kept) => {
    progress.show(`${(triedCount += 1)} runs tried, ${kept.length} inputs`);
    const smaller = { ...job, inputs: [...kept] };
    const result = await playJob(smaller, interrupted);
    if (result === undefined) return false;
    const seen = brokenOf(result).map(({ claim }) => claim);
    const isSame = broken.every(({ claim }) => seen.includes(claim));
    if (isSame) smallest = { job: smaller, result };
    return isSame;
  });
  if (smallest !== undefined) writeFileSync(file, formatFailing(smallest.job, smallest.result));
  const left = `${inputs.length} of ${job.inputs.length} inputs`;
  note(smallest ? `${left} are enough; in ${file}` : `all of ${left} are needed`);
}

function readFailing(file: string): FailingRun {
  try {
    return parseFailing(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Failure(`${file}: ${error.message}`);
  }
}
