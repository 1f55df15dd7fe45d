/** `demo node`: one node on the real network, the real disk and the real clock. */
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

import { createAdaptorServer } from '@hono/node-server';
import type { Disk } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';
import { nodeId } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { addDocs } from '../api-docs/add-docs.ts';
import { type Carrier, openCarrier } from '../carriers/carrier.ts';
import { readCredentials } from '../carriers/credentials.ts';
import type { NodeCommand } from '../cli/command.ts';
import { limits } from '../config/config-limits.ts';
import type { QuotaCounter } from '../limits/quota-counter.ts';
import { createNode } from '../node/create-node.ts';
import { storeGuard } from '../node/gateway/store-guard.ts';
import type { DemoNode } from '../node/node-options.ts';
import { parseFaults } from '../injected-faults.ts';
import { addMetrics } from '../observe/add-metrics.ts';
import { loadTelemetry } from '../telemetry/load-telemetry.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { addVersion } from './add-version.ts';
import { BatchedDisk } from './batched-disk.ts';
import { FaultyMachine } from './faulty-machine.ts';
import { logged, nodeLog, type NodeLog } from './node-log.ts';

/** A snapshot travels in one message: the whole store, and room for what frames it. */
const maxPayloadBytes = limits.storeBytesMax + 1_024 * 1_024;
const maxQueueBytes = 2 * maxPayloadBytes;

/**
 * Runs a node until it is told to stop: by its supervisor, by the end of its supervisor, or by a
 * signal.
 *
 * @throws Error if the data directory is in use or the node cannot start on it.
 */
export async function runNode(command: NodeCommand): Promise<void> {
  mkdirSync(command.dataDirectory, { recursive: true });
  const disk = nodeDisk(command.dataDirectory);
  // One lock for everything in it: each takes a process to get.
  const unlock = await disk.lock?.('');
  const carrier = await openNodeCarrier(command);
  const log = nodeLog(command.settings.logLevel, (line) => process.stderr.write(`${line}\n`));
  const telemetry = await loadTelemetry(command.id, (text) => log('warn', text));
  const node = await openNode(command, { disk, carrier, log, telemetry });
  addMetrics(node);
  addDocs(node.app);
  addVersion(node.app, command);
  const server = createAdaptorServer({ fetch: logged(node.app.fetch, log) });
  server.listen(command.http.port, command.http.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { host } = command.http;
  const api = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (process.send) process.send({ kind: 'ready', api });
  else process.stdout.write(`${command.id} serves ${api}\n`);

  await untilStopped();
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await node.close();
  await carrier.close();
  await telemetry?.flush();
  await unlock?.();
}

function openNodeCarrier(command: NodeCommand): Promise<Carrier> {
  // One list for all nodes names this one, too.
  const others = [...command.peers].filter(([id]) => id !== command.id);
  const peers = new Map(others.map(([id, address]) => [nodeId(id), address]));
  const { QUORATE_TLS_DIRECTORY: tlsDirectory, QUORATE_PEER_SECRET: secret } = process.env;
  return openCarrier(command.carrier, {
    localId: nodeId(command.id),
    clusterId: command.clusterId,
    listen: command.listen,
    peers,
    maxPayloadBytes,
    maxQueueBytes,
    credentials: readCredentials(command.id, { tlsDirectory, secret }),
  });
}

async function openNode(
  command: NodeCommand,
  parts: {
    readonly disk: Disk;
    readonly carrier: Carrier;
    readonly log: NodeLog;
    readonly telemetry: Telemetry | undefined;
  },
): Promise<DemoNode> {
  const { disk, carrier, log, telemetry } = parts;
  const quotas = await openQuotas(command, (text) => log('warn', text));
  const adminToken = process.env['QUORATE_ADMIN_TOKEN'];
  const { allowsFaults, fsync, replicaCount } = command.settings;
  const patient = fsync === 'batch' ? new BatchedDisk(disk, systemClock) : disk;
  const machine = new FaultyMachine({ disk: patient, clock: systemClock });
  return createNode({
    transport: carrier.transport,
    disk: machine.disk,
    clock: machine.clock,
    random: systemRandom,
    voters: [...new Set([command.id, ...command.peers.keys()])].map((id) => nodeId(id)),
    isJoining: command.isJoining,
    ...{ allowsFaults, replicaCount },
    addressBook: carrier.addressBook,
    ...(quotas === undefined ? {} : { quotas }),
    ...(telemetry === undefined ? {} : { telemetry }),
    faults: parseFaults(process.env['QUORATE_FAULTS'] ?? ''),
    onMachineFaults: machine.set,
    ...(adminToken === undefined ? {} : { adminToken }),
    memory: () => {
      const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();
      return { heapBytes, residentBytes };
    },
    onNotice: (text) => log('warn', text),
    onNews: (text) => log('info', text),
  });
}

/** Counts requests in Redis, if the environment says where one is. */
async function openQuotas(
  { clusterId }: NodeCommand,
  onNotice: (text: string) => void,
): Promise<QuotaCounter | undefined> {
  const url = process.env['QUORATE_REDIS_URL'];
  if (url === undefined) return undefined;
  const { openRedisQuotas } = await import('../limits/open-redis-quotas.ts');
  const guard = storeGuard({ clock: systemClock, random: systemRandom });
  return openRedisQuotas(url, { clusterId, clock: systemClock, guard, onNotice });
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve();
    };
    process.on('SIGTERM', stop);
    if (!process.send) {
      process.on('SIGINT', stop);
      return;
    }
    // Ctrl-C reaches the whole process group; who has a supervisor waits for its word.
    process.on('SIGINT', () => undefined);
    process.on('disconnect', stop);
    process.on('message', (message: unknown) => {
      const isObject = typeof message === 'object' && message !== null && 'kind' in message;
      if (isObject && message.kind === 'stop') stop();
    });
  });
}
