/**
 * One Raft node as a process of its own, for the benchmark: TCP between the nodes, a real disk with
 * every sync, and requests 'put', 'get' and 'leaseGet' for clients. Its parent tells it who the
 * others are.
 */
import { RaftNode } from '@quorate/raft';
import { nodeDisk } from '@quorate/storage/node';
import { createRequester, nodeId, protocolName } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { type TcpAddress, TcpTransport } from '@quorate/transport/tcp';

import { KvStateMachine } from './kv-state-machine.ts';

/** What a node is started with. */
export interface NodeSettings {
  readonly localId: string;
  readonly voters: readonly string[];
  readonly directory: string;
}

/** What the parent says. */
export type ParentMessage =
  | { readonly kind: 'start'; readonly settings: NodeSettings }
  | { readonly kind: 'connect'; readonly peers: Readonly<Record<string, TcpAddress>> };

/** What the node says. */
export type NodeMessage =
  { readonly kind: 'listening'; readonly address: TcpAddress } | { readonly kind: 'leading' };

const nothing = new Uint8Array(0);

let transport: TcpTransport | undefined;
let settings: NodeSettings | undefined;

process.on('message', (message: ParentMessage) => {
  const done = message.kind === 'start' ? listen(message.settings) : run(message.peers);
  done.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));

async function listen(given: NodeSettings): Promise<void> {
  settings = given;
  transport = await TcpTransport.open({
    localId: nodeId(given.localId),
    clusterId: 'bench',
    listen: { host: '127.0.0.1', port: 0 },
    controlProtocols: [protocolName('raft')],
  });
  if (transport.address === undefined) throw new Error('the node does not listen');
  tell({ kind: 'listening', address: transport.address });
}

async function run(peers: Readonly<Record<string, TcpAddress>>): Promise<void> {
  if (transport === undefined || settings === undefined) throw new Error('connect before start');
  for (const [peer, address] of Object.entries(peers)) {
    if (peer !== settings.localId) transport.setPeer(nodeId(peer), address);
  }
  const stateMachine = new KvStateMachine();
  const node = await RaftNode.open({
    transport,
    disk: nodeDisk(settings.directory),
    directory: 'raft',
    voters: settings.voters.map(nodeId),
    stateMachine,
    // etcd's: heartbeats every 100 ms, elections after 1 000 ms, a snapshot every 100 000 entries.
    tickMs: 100,
    snapshotEveryEntries: 100_000,
    trailingEntryCount: 5_000,
    maxClockDriftPpm: 500,
  });
  node.observe((event) => {
    if (event.kind === 'roleChanged' && event.role === 'leader') tell({ kind: 'leading' });
    if (event.kind === 'failed') console.error(event.error);
  });
  const requester = createRequester(transport, systemClock);
  requester.serve('put', async (command) => {
    const outcome = await node.propose(command);
    if (outcome.kind === 'committed') return nothing;
    throw new Error(`${outcome.kind}: ${outcome.reason}`);
  });
  const get = async (key: Uint8Array, how: 'linearizable' | 'lease'): Promise<Uint8Array> => {
    const outcome = await node.read({ consistency: how });
    if (outcome.kind === 'ready') return stateMachine.get(key) ?? nothing;
    throw new Error(`${outcome.kind}: ${outcome.reason}`);
  };
  requester.serve('get', (key) => get(key, 'linearizable'));
  requester.serve('leaseGet', (key) => get(key, 'lease'));
}

function tell(message: NodeMessage): void {
  process.send?.(message);
}
