import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createRequester, type NodeId, nodeId } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { type TcpAddress, TcpTransport } from '@quorate/transport/tcp';

import type { Cluster } from './cluster.ts';
import { putCommand } from './kv-state-machine.ts';
import type { NodeMessage, ParentMessage } from './node-main.ts';

const LEADER_MS_MAX = 30_000;
const REQUEST_MS_MAX = 30_000;

interface Member {
  readonly localId: string;
  readonly process: ChildProcess;
}

/** Starts three of our nodes on loopback, as processes, and connects one client to the leader. */
export async function startQuorateCluster(parentDirectory: string): Promise<Cluster> {
  const directory = await mkdtemp(join(parentDirectory, 'quorate-'));
  const voters = ['n1', 'n2', 'n3'];
  const members = voters.map(startProcess);
  const peers: Record<string, TcpAddress> = {};
  for (const { localId, process: child } of members) {
    const folder = join(directory, localId);
    send(child, { kind: 'start', settings: { localId, voters, directory: folder } });
    peers[localId] = await nextOf(child, 'listening').then(({ address }) => address);
  }
  const leading = Promise.race(
    members.map(({ localId, process: child }) => nextOf(child, 'leading').then(() => localId)),
  );
  for (const { process: child } of members) send(child, { kind: 'connect', peers });
  const leaderId = nodeId(await withinMs(leading, LEADER_MS_MAX, 'no leader was elected'));

  const client = await connectClient(leaderId, peers);
  return {
    put: client.put,
    get: client.get,
    leaseGet: client.leaseGet,
    stop: async () => {
      await client.close();
      for (const { process: child } of members) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function startProcess(localId: string): Member {
  const main = join(import.meta.dirname, 'node-main.ts');
  const child = fork(main, [], {
    execArgv: ['--conditions=@quorate/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return { localId, process: child };
}

async function connectClient(
  leaderId: NodeId,
  peers: Readonly<Record<string, TcpAddress>>,
): Promise<Omit<Cluster, 'stop'> & { close: () => Promise<void> }> {
  const transport = await TcpTransport.open({
    localId: nodeId('client'),
    clusterId: 'bench',
    peers,
  });
  const isUp = new Promise<void>((resolve) => {
    transport.observePeers(({ kind, peer }) => {
      if (kind === 'up' && peer === leaderId) resolve();
    });
  });
  await withinMs(isUp, LEADER_MS_MAX, 'the client did not reach the leader');
  const requester = createRequester(transport, systemClock);
  return {
    put: async (key, value) => {
      const command = putCommand(key, value);
      await requester.request(leaderId, 'put', command, { timeoutMs: REQUEST_MS_MAX });
    },
    get: (key) => requester.request(leaderId, 'get', key, { timeoutMs: REQUEST_MS_MAX }),
    leaseGet: (key) => requester.request(leaderId, 'leaseGet', key, { timeoutMs: REQUEST_MS_MAX }),
    close: async () => {
      requester.close();
      await transport.close();
    },
  };
}

function send(child: ChildProcess, message: ParentMessage): void {
  child.send(message);
}

function nextOf<Kind extends NodeMessage['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<NodeMessage, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: NodeMessage) => {
      if (isOf(message, kind)) resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`a node exited with ${code}`)));
  });
}

function isOf<Kind extends NodeMessage['kind']>(
  message: NodeMessage,
  kind: Kind,
): message is Extract<NodeMessage, { kind: Kind }> {
  return message.kind === kind;
}

async function withinMs<Value>(value: Promise<Value>, ms: number, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([value, expired]);
  } finally {
    clearTimeout(timer);
  }
}
