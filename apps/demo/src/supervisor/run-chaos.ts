/** `demo chaos`: a cluster of its own, broken for a while, and a verdict. */
import { join } from 'node:path';

import { seededRandom } from '@quorate/transport/system';

import { prepareCarrier } from '../carriers/cluster-carrier.ts';
import type { ChaosCommand } from '../cli/command.ts';
import { type ChaosReport, runChaos } from './chaos.ts';
import { reportJson, writeChaosFiles } from './chaos-files.ts';
import { chaosText } from './chaos-report.ts';
import { openDataDirectory } from './data-directory.ts';
import { freePorts } from './free-ports.ts';
import { bundleNode, endBundler } from './node-bundle.ts';
import { Supervisor } from './supervisor.ts';

const host = '127.0.0.1';

/**
 * Runs it and prints what came of it: faults as they happen to the standard error, the report to
 * the standard output. A broken run leaves files, and says how to look at them.
 *
 * @param mainFile - The script that runs a node when called with `node …`.
 * @returns The exit code: 1 if a promise was broken.
 */
export async function chaosCommand(command: ChaosCommand, mainFile: string): Promise<0 | 1> {
  const report = await chaosOf(command, mainFile, (text) => process.stderr.write(`${text}\n`));
  const { seed, nodeCount, durationMs, ratePerSecond, isJson, outDirectory } = command;
  const run = { seed, nodeCount, durationMs, ratePerSecond };
  process.stdout.write(`${isJson ? reportJson(run, report) : chaosText(report)}\n`);
  if (outDirectory !== undefined || !report.isSound) {
    const name = `seed-${seed}-${new Date().toISOString().replaceAll(':', '-')}`;
    const directory = outDirectory ?? join('.reports', 'chaos', name);
    process.stderr.write(`${writeChaosFiles(directory, run, report)}\n`);
  }
  return report.isSound ? 0 : 1;
}

async function chaosOf(
  { nodeCount, seed, durationMs, ratePerSecond, carrier: choice }: ChaosCommand,
  mainFile: string,
  tell: (text: string) => void,
): Promise<ChaosReport> {
  const nodeIds = Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
  const ports = await freePorts(2 * nodeCount, host);
  const plans = nodeIds.map((id, index) => ({
    id,
    httpPort: ports[index] ?? 0,
    raftPort: ports[nodeCount + index] ?? 0,
  }));
  const carrier = await prepareCarrier(choice, tell);
  const { path: dataDirectory, clusterId, dispose } = openDataDirectory(undefined, nodeIds);
  const bundle = await bundleNode(mainFile);
  const supervisor = new Supervisor({
    ...{ plans, host, carrier, clusterId, dataDirectory, mainFile: bundle.mainFile },
  });
  supervisor.events.subscribe((event) => {
    if (event.event === 'log') tell(`${event.node} | ${event.text}`);
  });
  const onSignal = (): void => {
    supervisor.abandon();
    process.exit(1);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await supervisor.start();
    await endBundler();
    const random = seededRandom(seed);
    return await runChaos({ supervisor, durationMs, ratePerSecond, random, onFault: tell });
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await supervisor.close();
    await carrier.close();
    dispose();
    bundle.dispose();
  }
}
