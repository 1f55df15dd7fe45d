/**
 * A Raft node as a process of its own, for tests with real faults: TCP, a real disk, a register
 * machine. Its parent tells it who the others are, what clients ask, and what is wrong with its
 * network and disk.
 */
import { createHash } from 'node:crypto';

import type { KeyValueInput } from '@quorate/linearizability';
import { type Disk, DiskError, type DiskFile } from '@quorate/storage';
import { nodeDisk } from '@quorate/storage/node';
import { nodeId, protocolName } from '@quorate/transport';
import { FaultyTransport, type FaultRule } from '@quorate/transport/faulty';
import { seededRandom, systemClock } from '@quorate/transport/system';
import { type TcpAddress, TcpTransport } from '@quorate/transport/tcp';

import { RaftNode } from '../../src/raft-node.ts';
import { RegisterMachine } from './register-machine.ts';

/** What a node is started with. */
export interface NodeSettings {
  readonly localId: string;
  readonly voters: readonly string[];
  readonly directory: string;
  readonly tickMs: number;
  /** 0: any. */
  readonly port: number;
}

/** What the parent says. */
export type ParentMessage =
  | { readonly kind: 'start'; readonly settings: NodeSettings }
  | { readonly kind: 'connect'; readonly peers: Readonly<Record<string, TcpAddress>> }
  | { readonly kind: 'call'; readonly callId: number; readonly input: KeyValueInput | 'state' }
  | { readonly kind: 'network'; readonly rules: readonly FaultRule[] }
  | { readonly kind: 'disk'; readonly isFull: boolean };

/** What became of a call. 'fail': it certainly did not happen; 'info': nobody knows. */
export type CallOutcome =
  | { readonly kind: 'ok'; readonly output: string | boolean | null }
  | { readonly kind: 'fail'; readonly reason: string; readonly leaderId?: string | undefined }
  | { readonly kind: 'info'; readonly reason: string };

/** What the node says. */
export type NodeMessage =
  | { readonly kind: 'listening'; readonly address: TcpAddress }
  | { readonly kind: 'leading'; readonly term: number }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'answer'; readonly callId: number; readonly outcome: CallOutcome };

/** How long the node itself waits for a quorum. */
const CALL_MS_MAX = 2_000;

const machine = new RegisterMachine();
let isDiskFull = false;
let settings: NodeSettings | undefined;
let tcp: TcpTransport | undefined;
let transport: FaultyTransport | undefined;
let node: RaftNode | undefined;

process.on('message', (message: ParentMessage) => {
  take(message).catch((error: unknown) => {
    tell({ kind: 'failed', text: String(error) });
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));

async function take(message: ParentMessage): Promise<void> {
  switch (message.kind) {
    case 'start':
      return listen(message.settings);
    case 'connect':
      return run(message.peers);
    case 'call':
      return answer(message.callId, message.input);
    case 'network':
      transport?.setRules(message.rules);
      return;
    case 'disk':
      isDiskFull = message.isFull;
  }
}

async function answer(callId: number, input: KeyValueInput | 'state'): Promise<void> {
  tell({ kind: 'answer', callId, outcome: input === 'state' ? state() : await outcomeOf(input) });
}

async function listen(given: NodeSettings): Promise<void> {
  settings = given;
  tcp = await TcpTransport.open({
    localId: nodeId(given.localId),
    clusterId: 'chaos',
    listen: { host: '127.0.0.1', port: given.port },
    controlProtocols: [protocolName('raft')],
  });
  transport = new FaultyTransport(tcp, {
    clock: systemClock,
    random: seededRandom(given.localId),
  });
  if (tcp.address === undefined) throw new Error('the node does not listen');
  tell({ kind: 'listening', address: tcp.address });
}

async function run(peers: Readonly<Record<string, TcpAddress>>): Promise<void> {
  if (!transport || !tcp || !settings) throw new Error('expected start before connect');
  for (const [peer, address] of Object.entries(peers)) {
    if (peer !== settings.localId) tcp.setPeer(nodeId(peer), address);
  }
  node = await RaftNode.open({
    transport,
    disk: fillableDisk(nodeDisk(settings.directory)),
    directory: 'raft',
    voters: settings.voters.map(nodeId),
    stateMachine: machine,
    tickMs: settings.tickMs,
    // Small, so that a full disk is felt at once, and who was away catches up by snapshot.
    segmentBytes: 32_768,
    snapshotEveryEntries: 500,
    trailingEntryCount: 100,
  });
  node.observe((event) => {
    if (event.kind === 'roleChanged' && event.role === 'leader') {
      tell({ kind: 'leading', term: event.term });
    }
    if (event.kind === 'failed') {
      tell({ kind: 'failed', text: String(event.error) });
      process.exit(1);
    }
  });
}

/** Who leads, what is applied, and what came of it. */
function state(): CallOutcome {
  if (!node) return { kind: 'fail', reason: 'starting' };
  const { leaderId, lastApplied } = node.status();
  if (leaderId === undefined) return { kind: 'fail', reason: 'no leader' };
  const digest = createHash('sha256').update(machine.snapshot()).digest('hex');
  return { kind: 'ok', output: `${leaderId} ${lastApplied} ${digest}` };
}

async function outcomeOf(input: KeyValueInput): Promise<CallOutcome> {
  if (!node) return { kind: 'fail', reason: 'starting' };
  if (input.kind === 'get') {
    const read = await node.readIndex({ timeoutMs: CALL_MS_MAX });
    if (read.kind === 'ready') return { kind: 'ok', output: machine.get(input.key) };
    return { kind: 'fail', reason: read.reason, leaderId: read.leaderId };
  }
  const proposed = await node.propose(RegisterMachine.encode(input), { timeoutMs: CALL_MS_MAX });
  switch (proposed.kind) {
    case 'committed':
      return { kind: 'ok', output: RegisterMachine.decodeResult(proposed.result) };
    case 'rejected':
      return { kind: 'fail', reason: proposed.reason, leaderId: proposed.leaderId };
    case 'unknown':
      return { kind: 'info', reason: proposed.reason };
  }
}

/** While it is full no file is made or grows; what has its place can be written. */
function fillableDisk(inner: Disk): Disk {
  const requireRoom = (path: string): void => {
    if (isDiskFull) throw new DiskError('DISK_FULL', path, 'no room');
  };
  const fillable = (path: string, file: DiskFile): DiskFile => ({
    sizeBytes: () => file.sizeBytes(),
    read: (offset, target) => file.read(offset, target),
    write: async (offset, bytes) => {
      if (offset + bytes.length > (await file.sizeBytes())) requireRoom(path);
      await file.write(offset, bytes);
    },
    truncate: async (sizeBytes) => {
      if (sizeBytes > (await file.sizeBytes())) requireRoom(path);
      await file.truncate(sizeBytes);
    },
    sync: () => file.sync(),
    close: () => file.close(),
  });
  const lock = inner.lock?.bind(inner);
  return {
    open: async (path, options) => {
      if (options?.mode === 'create') requireRoom(path);
      return fillable(path, await inner.open(path, options));
    },
    list: (directory) => inner.list(directory),
    createDirectory: (directory) => inner.createDirectory(directory),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    syncDirectory: (directory) => inner.syncDirectory(directory),
    ...(lock && { lock }),
  };
}

function tell(message: NodeMessage): void {
  process.send?.(message);
}
