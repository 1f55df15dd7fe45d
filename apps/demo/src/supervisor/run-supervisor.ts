/** `demo`: the supervisor, its page and its output, until it is told to stop. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { seededRandom } from '@quorate/transport/system';

import { type ClusterCarrier, prepareCarrier } from '../carriers/cluster-carrier.ts';
import type { StartCommand } from '../cli/command.ts';
import { createControlApi } from './control-api.ts';
import { defaultControlFile, removeControlFile, writeControlFile } from './control-file.ts';
import { openDataDirectory } from './data-directory.ts';
import { freePorts, isFree } from './free-ports.ts';
import { bundleNode, endBundler } from './node-bundle.ts';
import { bundlePage } from './page-files.ts';
import type { NodePlan } from './launch.ts';
import { Supervisor } from './supervisor.ts';
import { sentenceOf, type SupervisorEvent } from './supervisor-events.ts';
import { TraceRecorder } from './trace-recorder.ts';

const host = '127.0.0.1';
/** Raft's ports of a fixed plan begin this far after the page's. */
const raftPortOffset = 100;

/**
 * Runs the demo.
 *
 * @param mainFile - The script that runs a node when called with `node …`.
 * @returns When everything has stopped.
 * @throws Error if a port is taken, the data directory does not fit, or a node does not start.
 */
export async function runSupervisor(command: StartCommand, mainFile: string): Promise<void> {
  const print = printer(command.isJson);
  const nodeIds = Array.from({ length: command.nodeCount }, (_, index) => `n${index + 1}`);
  const data = openDataDirectory(command.dataDirectory, nodeIds);
  const { pagePort, plans, carrier } = await prepare(command, data.nodeIds).catch(
    (error: unknown) => {
      data.dispose();
      throw error;
    },
  );
  data.remember(data.nodeIds);
  const { path: dataDirectory, clusterId } = data;
  const bundle = await bundleNode(mainFile);
  const adminToken = process.env['QUORATE_ADMIN_TOKEN'] ?? '';
  const supervisor = new Supervisor({
    ...{ plans, host, carrier, clusterId, dataDirectory, mainFile: bundle.mainFile },
    imported: command.imported,
    onNodes: data.remember,
    ...(adminToken !== '' && { adminToken }),
    ...{ settings: command.settings, voterCount: command.voterCount },
    ...(command.seed !== undefined && { random: seededRandom(command.seed) }),
  });
  supervisor.events.subscribe(print.event);
  const stopping = untilStopped(supervisor);

  const control = command.controlFile ?? defaultControlFile();
  const url = `http://${host}:${pagePort}`;
  let server: ServerType | undefined;
  let recorder: TraceRecorder | undefined;
  try {
    const starting = Promise.all([bundlePage(), supervisor.start()]);
    const started = await Promise.race([starting, stopping.requested]);
    // Someone may lose patience before the nodes have started.
    if (!started) return;
    await endBundler();
    const token = randomBytes(24).toString('hex');
    recorder = recorderOf(supervisor, command.traceMs);
    const api = createControlApi({
      ...{ supervisor, page: started[0], token, onStop: stopping.stop },
      ...(recorder && { recorder }),
    });
    server = createAdaptorServer({ fetch: api.fetch });
    server.listen(pagePort, host);
    await once(server, 'listening');
    writeControlFile(control, { pid: process.pid, url, token });
    print.ready(readyEvent(supervisor, { dashboard: url, data: dataDirectory, control }));
    command.onReady?.(url);
    supervisor.load.setMix(command.mix);
    if (command.loadPerSecond > 0) supervisor.setLoad(command.loadPerSecond);
    await stopping.requested;
  } finally {
    removeControlFile(control);
    recorder?.close();
    if (server) closeServer(server);
    await supervisor.close();
    await carrier.close();
    data.dispose();
    bundle.dispose();
    stopping.dispose();
  }
}

/** @param traceMs - How far back; 0 records nothing. */
function recorderOf(cluster: Supervisor, traceMs: number): TraceRecorder | undefined {
  if (traceMs === 0) return undefined;
  return new TraceRecorder({ cluster, keepMs: traceMs, nowMs: () => performance.now() });
}

function readyEvent(
  supervisor: Supervisor,
  places: { readonly dashboard: string; readonly data: string; readonly control: string },
): SupervisorEvent & { readonly event: 'ready' } {
  const { nodes, leaderId } = supervisor.view();
  return {
    event: 'ready',
    dashboard: places.dashboard,
    nodes: nodes.map(({ id, api, pid, raft }) => ({ id, api, pid: pid ?? 0, raft })),
    leader: leaderId,
    data: places.data,
    control: places.control,
  };
}

function closeServer(server: ServerType): void {
  server.close();
  // Event streams have no end of their own.
  if ('closeAllConnections' in server) server.closeAllConnections();
}

/** The first signal or request stops in order, the second signal at once. */
function untilStopped(supervisor: Supervisor): {
  readonly requested: Promise<void>;
  readonly stop: () => void;
  readonly dispose: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let isRequested = false;
  const onSignal = (): void => {
    if (isRequested) supervisor.abandon();
    isRequested = true;
    resolve(undefined);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    requested: promise,
    stop: () => {
      resolve(undefined);
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/**
 * Prints events as they come; those before 'ready' after it, so that 'ready' is the first line.
 */
function printer(isJson: boolean): {
  readonly event: (event: SupervisorEvent) => void;
  readonly ready: (event: SupervisorEvent) => void;
} {
  const early: SupervisorEvent[] = [];
  let isReady = false;
  const write = (event: SupervisorEvent): void => {
    const text = isJson ? JSON.stringify(event) : sentenceOf(event);
    if (text !== undefined) process.stdout.write(`${text}\n`);
  };
  return {
    event: (event) => {
      isReady ||= event.event === 'stopping';
      // Someone who waits for the nodes to start should see why they do not.
      if (isReady || event.event === 'log') write(event);
      else early.push(event);
    },
    ready: (event) => {
      isReady = true;
      write(event);
      if (!isJson) return;
      for (const earlier of early) write(earlier);
    },
  };
}

/** Ports, and what nodes speak over. @throws Error if something of it is not to be had. */
async function prepare(
  { port, carrier }: StartCommand,
  nodeIds: readonly string[],
): Promise<Awaited<ReturnType<typeof planPorts>> & { readonly carrier: ClusterCarrier }> {
  const ports = await planPorts(port, nodeIds);
  const onTrouble = (text: string): void => void process.stderr.write(`demo: ${text}\n`);
  return { ...ports, carrier: await prepareCarrier(carrier, onTrouble) };
}

/** Which port is whose: those after the page's, or any free ones for port 0. */
async function planPorts(
  port: number,
  nodeIds: readonly string[],
): Promise<{ readonly pagePort: number; readonly plans: readonly NodePlan[] }> {
  const count = nodeIds.length;
  const ports =
    port === 0
      ? await freePorts(1 + 2 * count, host)
      : [
          port,
          ...nodeIds.map((_, index) => port + 1 + index),
          ...nodeIds.map((_, index) => port + raftPortOffset + 1 + index),
        ];
  for (const planned of port === 0 ? [] : ports) {
    if (await isFree(planned, host)) continue;
    throw new Error(`port ${planned} is taken; choose another with --port, or --port 0`);
  }
  const plans = nodeIds.map((id, index) => ({
    id,
    httpPort: ports[1 + index] ?? 0,
    raftPort: ports[1 + count + index] ?? 0,
  }));
  return { pagePort: ports[0] ?? 0, plans };
}
