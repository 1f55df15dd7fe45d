/**
 * `pnpm soak [--minutes N] [--seeds N] [--nodes N] [--jobs N] [--seed N] [--package NAME]`: random
 * seeds of a package's simulation, in as many processes as there are cores, until one breaks a
 * promise, time is up or there were enough. A package takes part by exporting `runSeed` from
 * test/support/run-seed.ts, and `workloads` for random swarms from test/support/workloads.ts. What
 * a swarm finds is cut down and filed in .soak.
 *
 * `pnpm soak --replay FILE [--package NAME]`: runs such a find again and draws it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { chartText } from '@quorate/simulation';
import { replay, workloadsOf } from './soak/finds.ts';
import { shareOf, soakRequest } from './soak/hunt.ts';
import type { HunterTask } from './soak/hunter.ts';

type Report =
  | { readonly kind: 'held' }
  | { readonly kind: 'broken'; readonly seed: number; readonly report: string };

const usage =
  'usage: pnpm soak [--minutes N] [--seeds N] [--nodes N] [--jobs N] [--seed N] [--package NAME]' +
  ' [--replay FILE]';

function requestOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: text,
      seeds: text,
      nodes: text,
      jobs: text,
      seed: text,
      package: text,
      replay: text,
    },
  });
  const request = soakRequest(
    {
      minutes: values.minutes,
      jobs: values.jobs,
      firstSeed: values.seed,
      seedCount: values.seeds,
      nodeCount: values.nodes,
      packageName: values.package,
    },
    {
      minutes: 10,
      jobs: availableParallelism(),
      firstSeed: randomInt(2 ** 40),
      seedCount: undefined,
      nodeCount: undefined,
      packageName: 'raft',
    },
  );
  return { ...request, replayFile: values.replay };
}

async function showAgain(file: string, packageName: string): Promise<void> {
  const { failure, traceHash } = await replay(file, await workloadsOf(packageName));
  if (failure === undefined) {
    console.log(`every promise held; trace ${traceHash}`);
    return;
  }
  process.exitCode = 1;
  console.log(chartText(failure.lines));
  console.log(`${failure.message}\nat ${failure.atMs} ms; trace ${traceHash}`);
}

async function soak(request: ReturnType<typeof requestOf>): Promise<void> {
  const { packageName, minutes, jobs, firstSeed, seedCount, nodeCount, replayFile } = request;
  if (replayFile !== undefined) {
    await showAgain(replayFile, packageName);
    return;
  }
  console.log(`${packageName}: ${minutes} minutes from seed ${firstSeed}, ${jobs} at a time`);
  const hunters = Array.from({ length: jobs }, (_, index) => {
    const task: HunterTask = {
      packageName,
      minutes,
      firstSeed: firstSeed + index,
      stride: jobs,
      seedCount: seedCount === undefined ? undefined : shareOf(seedCount, jobs, index),
      nodeCount,
    };
    return fork(path.join(import.meta.dirname, 'soak/hunter.ts'), [JSON.stringify(task)]);
  });
  let heldCount = 0;
  const listen = (hunter: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      hunter.on('message', (report: Report) => {
        if (report.kind === 'held') heldCount += 1;
        else announce(request, report);
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

function announce(
  { packageName, nodeCount }: ReturnType<typeof requestOf>,
  { seed, report }: Extract<Report, { kind: 'broken' }>,
) {
  const nodes = nodeCount === undefined ? '' : `NODES=${nodeCount} `;
  process.exitCode = 1;
  console.error(`seed ${seed} broke a promise: ${report}`);
  console.error(
    `replay: ${nodes}SEED=${seed} pnpm exec vitest run --project ${packageName} simulation`,
  );
}

try {
  await soak(requestOf(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
