/** A run in which something broke, as a file: enough to meet the same failure again. */
import * as v from 'valibot';

import type { SeedResult } from '../../scenarios/run-seeds.ts';
import { Failure } from '../shell.ts';
import { type SimJob, simJobSchema } from './sim-job.ts';

const failingRun = v.strictObject({
  version: v.literal(1),
  job: simJobSchema,
  /** What did not hold, each with what was seen. */
  broken: v.pipe(
    v.array(v.strictObject({ claim: v.string(), detail: v.string() })),
    v.minLength(1),
  ),
  /** Of everything that happened. */
  hash: v.string(),
});

/** One of them. */
export type FailingRun = v.InferOutput<typeof failingRun>;

/** What did not hold in a run. */
export function brokenOf({ judgements }: SeedResult): FailingRun['broken'] {
  return judgements
    .filter(({ holds }) => !holds)
    .map(({ claim, detail }) => ({ claim: claim.kind, detail }));
}

/** The file of a run that failed. */
export function formatFailing(job: SimJob, result: SeedResult): string {
  const run: FailingRun = { version: 1, job, broken: brokenOf(result), hash: result.hash };
  return `${JSON.stringify(run, undefined, 2)}\n`;
}

/** @throws Failure if `text` is no such file. */
export function parseFailing(text: string): FailingRun {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Failure(`expected JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const parsed = v.safeParse(failingRun, document);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Failure(`${v.getDotPath(issue) ?? 'file'}: ${issue.message}`);
}
