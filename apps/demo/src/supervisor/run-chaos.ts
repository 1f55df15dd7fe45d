/** `demo chaos`: a cluster of its own, broken for a while, and a verdict. */
import { join } from 'node:path';

import { seededRandom } from '@quorate/transport/system';

import { prepareCarrier } from '../carriers/cluster-carrier.ts';
import type { ChaosCommand } from '../cli/command.ts';
import type { ExitCode, Shell } from '../cli/shell.ts';
import { defaultSettings } from '../runtime/node-settings.ts';
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
 * @returns The exit code: 1 if a promise was broken, 130 if Ctrl-C ended it and none was.
 */
export async function chaosCommand(command: ChaosCommand, shell: Shell): Promise<ExitCode> {
  const report = await chaosOf(command, shell);
  const { seed, nodeCount, durationMs, ratePerSecond, outDirectory } = command;
  const run = { seed, nodeCount, durationMs, ratePerSecond };
  shell.print(shell.isJson ? reportJson(run, report) : chaosText(report));
  if (outDirectory !== undefined || !report.isSound) {
    const name = `seed-${seed}-${new Date().toISOString().replaceAll(':', '-')}`;
    const directory = outDirectory ?? join('.reports', 'chaos', name);
    shell.note(writeChaosFiles(directory, run, report));
  }
  if (!report.isSound) return 1;
  return shell.interrupted.aborted ? 130 : 0;
}

async function chaosOf(
  { nodeCount, seed, durationMs, ratePerSecond, carrier: choice }: ChaosCommand,
  { mainFile, note, progress, interrupted: signal }: Shell,
): Promise<ChaosReport> {
  const nodeIds = Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
  const ports = await freePorts(2 * nodeCount, host);
  const plans = nodeIds.map((id, index) => ({
    id,
    httpPort: ports[index] ?? 0,
    raftPort: ports[nodeCount + index] ?? 0,
  }));
  const carrier = await prepareCarrier(choice, note);
  const { path: dataDirectory, clusterId, dispose } = openDataDirectory(undefined, nodeIds);
  const bundle = await bundleNode(mainFile);
  const supervisor = new Supervisor({
    ...{ plans, host, carrier, clusterId, dataDirectory, mainFile: bundle.mainFile },
    settings: { ...defaultSettings, allowsFaults: true },
  });
  supervisor.events.subscribe((event) => {
    if (event.event === 'log') note(`${event.node} | ${event.text}`);
  });
  const onSignal = (): void => {
    supervisor.abandon();
    process.exit(1);
  };
  // The first Ctrl-C ends it in order, the second one ends the process, and so the nodes.
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    progress.show('starting the nodes');
    await supervisor.start();
    await endBundler();
    const random = seededRandom(seed);
    return await runChaos({
      ...{ supervisor, durationMs, ratePerSecond, random, signal, onFault: note },
      onProgress: (text) => progress.show(text),
    });
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await supervisor.close();
    await carrier.close();
    dispose();
    bundle.dispose();
  }
}
