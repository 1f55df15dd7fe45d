import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { brokenOf, formatFailing, parseFailing } from '../../../src/cli/sim/failing-run.ts';
import { jobOf } from '../../../src/cli/sim/job-of.ts';
import { runReplay } from '../../../src/cli/sim/run-replay.ts';
import { playJob, type SimJob } from '../../../src/cli/sim/sim-job.ts';
import type { SeedResult } from '../../../src/scenarios/run-seeds.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-replay-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const settings = {
  scenario: undefined,
  for: 20_000,
  faults: 'radioactive',
  reads: 'stale',
} as const;
/** Of so many runs one breaks the rule, in whichever order messages are sent. */
const SEED_MAX = 40;

interface Broken {
  readonly job: SimJob;
  readonly result: SeedResult;
}

/** A run in which a client sees what another one has overwritten: it reads from one node alone. */
async function playUntilBroken(): Promise<Broken> {
  for (let seed = 1; seed <= SEED_MAX; seed += 1) {
    const job = { ...jobOf(settings), seed };
    const result = await playJob(job);
    if (result !== undefined && brokenOf(result).length > 0) return { job, result };
  }
  throw new Error('expected a run that breaks the rule');
}

let broken: Broken;
beforeAll(async () => {
  broken = await playUntilBroken();
}, 180_000);

async function replayed(file: string) {
  const printed: string[] = [];
  const shell = {
    ...{ print: (line: string) => printed.push(line), note: () => undefined, isJson: true },
    progress: { show: () => undefined, clear: () => undefined },
    interrupted: new AbortController().signal,
  };
  const code = await runReplay({ file, shrunkFile: undefined }, shell);
  return { code, report: JSON.parse(printed[0]!) as Record<string, unknown> };
}

test('a broken rule is found, and its file replays the same run and violation', async () => {
  const { job, result } = broken;
  expect(brokenOf(result).map(({ claim }) => claim)).toEqual(['linearizable']);
  const file = join(directory, 'failing.json');
  writeFileSync(file, formatFailing(job, result));
  const { code, report } = await replayed(file);
  expect(code).toBe(1);
  expect(report).toMatchObject({ isSameRun: true, isSameViolation: true, hash: result.hash });
  const link = `cluster?seed=${job.seed}&t=40000&faults=radioactive&inputs=`;
  expect(report['link']).toContain(link);
}, 120_000);

test('the rule kept, the same run breaks nothing', async () => {
  const kept = { ...jobOf({ ...settings, reads: 'index' }), seed: broken.job.seed };
  expect(brokenOf((await playJob(kept))!)).toEqual([]);
}, 120_000);

test.each([
  ['{', 'expected JSON'],
  ['{}', 'version: Invalid key'],
  ['{"version":1,"job":{"seed":-1},"broken":[],"hash":""}', 'job.'],
])('%s is no such file', (text, problem) => {
  expect(() => parseFailing(text)).toThrow(problem);
});

test('only scenarios that there are', () => {
  expect(() => jobOf({ ...settings, scenario: 'doom' })).toThrow('--scenario: expected one of');
  expect(jobOf({ ...settings, for: undefined })).toMatchObject({ forMs: 30_000 });
  expect(jobOf({ ...settings, for: undefined, steps: 9 })).toMatchObject({
    ...{ forMs: 600_000, steps: 9 },
  });
  expect(() => jobOf({ ...settings, for: 3_600_000 })).toThrow('--for: expected at most 10m');
});
