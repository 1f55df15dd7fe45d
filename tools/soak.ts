/**
 * `pnpm soak [--minutes N] [--jobs N] [--seed N] [--package NAME]`: random seeds of a package's
 * simulation, in as many processes as there are cores, until one breaks a promise or time is up.
 * A package takes part by exporting `runSeed` from test/support/run-seed.ts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { soakRequest } from './soak/hunt.ts';

type Report =
  | { readonly kind: 'held' }
  | { readonly kind: 'broken'; readonly seed: number; readonly report: string };

const usage = 'usage: pnpm soak [--minutes N] [--jobs N] [--seed N] [--package NAME]';

function requestOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, jobs: text, seed: text, package: text },
  });
  return soakRequest(
    {
      minutes: values.minutes,
      jobs: values.jobs,
      firstSeed: values.seed,
      packageName: values.package,
    },
    {
      minutes: 10,
      jobs: availableParallelism(),
      firstSeed: randomInt(2 ** 40),
      packageName: 'raft',
    },
  );
}

async function soak(request: ReturnType<typeof requestOf>): Promise<void> {
  const { packageName, minutes, jobs, firstSeed } = request;
  console.log(`${packageName}: ${minutes} minutes from seed ${firstSeed}, ${jobs} at a time`);
  const hunters = Array.from({ length: jobs }, (_, index) =>
    fork(path.join(import.meta.dirname, 'soak/hunter.ts'), [
      packageName,
      String(minutes),
      String(firstSeed + index),
      String(jobs),
    ]),
  );
  let heldCount = 0;
  const listen = (hunter: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      hunter.on('message', (report: Report) => {
        if (report.kind === 'held') heldCount += 1;
        else announce(packageName, report);
      });
      hunter.on('exit', (code) => {
        if (code !== 0) process.exitCode = 1;
        // One catch ends the hunt; the others would only find the same beast again.
        if (process.exitCode === 1) for (const other of hunters) other.kill();
        resolve();
      });
    });
  await Promise.all(hunters.map(listen));
  console.log(`${heldCount} seeds held`);
}

function announce(packageName: string, { seed, report }: Extract<Report, { kind: 'broken' }>) {
  process.exitCode = 1;
  console.error(`seed ${seed} broke a promise: ${report}`);
  console.error(`replay: SEED=${seed} pnpm exec vitest run --project ${packageName} simulation`);
}

try {
  await soak(requestOf(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
