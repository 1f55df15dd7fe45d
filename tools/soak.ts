/**
 * `pnpm soak [--minutes N] [--seeds N] [--nodes N] [--jobs N] [--seed N] [--package NAME]`: random
 * swarms over the workloads of all packages and apps, or of one, in as many processes as there are
 * cores, until one breaks a promise, time is up or there were enough. A package takes part by
 * exporting `workloads` from test/support/workloads.ts. What is found is cut down and filed in
 * .soak: the scenario as JSON, charts of it as text and SVG, and the command that replays it.
 *
 * `pnpm soak --replay FILE`: runs such a find again and draws it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { chartText } from '@quorate/simulation';
import { replay } from './soak/finds.ts';
import { shareOf, soakRequest } from './soak/hunt.ts';
import type { HunterTask, Report } from './soak/hunter.ts';
import { packagesWithWorkloads, workloadsOf } from './soak/workloads.ts';

const usage =
  'usage: pnpm soak [--minutes N] [--seeds N] [--nodes N] [--jobs N] [--seed N] [--package NAME]' +
  ' | --replay FILE';

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
      packageName: undefined,
    },
  );
  return { ...request, replayFile: values.replay };
}

async function showAgain(file: string): Promise<void> {
  const workloads = await Promise.all(packagesWithWorkloads().map(workloadsOf));
  const { failure, traceHash } = await replay(file, workloads.flat());
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
    await showAgain(replayFile);
    return;
  }
  const packageNames = packageName === undefined ? packagesWithWorkloads() : [packageName];
  const names = packageNames.join(', ');
  console.log(`${names}: ${minutes} minutes from seed ${firstSeed}, ${jobs} at a time`);
  const hunters = Array.from({ length: jobs }, (_, index) => {
    const task: HunterTask = {
      packageNames,
      minutes,
      firstSeed: firstSeed + index,
      stride: jobs,
      seedCount: seedCount === undefined ? undefined : shareOf(seedCount, jobs, index),
      nodeCount,
    };
    return fork(path.join(import.meta.dirname, 'soak/hunter.ts'), [JSON.stringify(task)]);
  });
  const heldCounts = new Map<string, number>();
  const listen = (hunter: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      hunter.on('message', (report: Report) => {
        if (report.kind === 'held') {
          heldCounts.set(report.workload, (heldCounts.get(report.workload) ?? 0) + 1);
          return;
        }
        process.exitCode = 1;
        console.error(`seed ${report.seed}: ${report.report}`);
      });
      hunter.on('exit', (code) => {
        if (code !== 0) process.exitCode = 1;
        // One catch ends the hunt; the others would only find the same beast again.
        if (process.exitCode === 1) for (const other of hunters) other.kill();
        resolve();
      });
    });
  await Promise.all(hunters.map(listen));
  for (const [workload, count] of heldCounts) console.log(`${workload}: ${count} seeds held`);
}

try {
  await soak(requestOf(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
