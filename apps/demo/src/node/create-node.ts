/**
 * One node of the demo, put together. This is the place where the packages meet:
 *
 * ```text
 *             ┌─► ConfigService ──► RaftNode ──► ConfigStore ─── members, API keys, quotas
 *   HTTP ──► Admission                                              │
 *             └─► BoardService ──► Shards (ring) ◄──────────────────┘
 *                    │                 └──► BoardHost: JsonDocument, DurableReplica, Replicator
 *                    └──► PeerCalls: breakers, heartbeats ──► Requester
 *
 *   all of them ──► ObservedTransport ──► StampedTransport ──► FaultyTransport ──► Transport
 *               └─► MeasuredDisk ──► Disk
 * ```
 *
 * Clock, randomness, disk and transport come in as arguments, so the same code runs as a process on
 * real ones and in the simulator on virtual ones. There is no other source of time or chance here.
 */
import { raftCodec, RaftNode, type RaftNodeOptions } from '@quorate/raft';
import type { Disk } from '@quorate/storage';
import {
  type Clock,
  createRequester,
  type NodeId,
  type ProtocolName,
  type Random,
  type Transport,
} from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import { FaultyTransport } from '@quorate/transport/faulty';
import { Hono } from 'hono';

import { BoardHost } from './boards/board-host.ts';
import { BoardService } from './boards/board-service.ts';
import { createBoardsApi } from './boards/boards-api.ts';
import { Shards } from './boards/shards.ts';
import { type Membership, membershipOf } from './control/cluster-map.ts';
import { createConfigApi } from './control/config-api.ts';
import { ConfigService } from './control/config-service.ts';
import { ConfigStore } from './control/config-store.ts';
import { EventLoopMonitor } from '../observe/event-loop-monitor.ts';
import { HttpMetrics } from '../observe/http-metrics.ts';
import { Admission } from './gateway/admission.ts';
import { BoardDirectory } from './gateway/board-directory.ts';
import { PeerCalls } from './gateway/peer-calls.ts';
import { type FaultSettings, InjectedFaults } from './injected-faults.ts';
import { MeasuredDisk } from '../observe/measured-disk.ts';
import { NodeEvents } from '../observe/node-events.ts';
import { nodeMetrics } from '../observe/node-metrics.ts';
import type { BoardFigures, NodeStatus } from '../observe/node-status.ts';
import { ObservedTransport } from '../observe/observed-transport.ts';
import { TraceFeed } from '../observe/trace.ts';
import { createOperationsApi } from './operations-api.ts';
import { problem } from '../http/problem.ts';
import type { MachineFaults } from '../machine-faults.ts';
import { noticeOf, raftFigures } from '../observe/raft-figures.ts';
import { StampedTransport } from '../observe/stamped-transport.ts';
import { StatusPublisher } from '../observe/status-publisher.ts';

/** What a node runs on. */
export interface NodeOptions {
  /** Owned by the node from now on: closing the node closes it. */
  readonly transport: Transport;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** All nodes of the cluster, this one included; the same on all of them. */
  readonly voters: readonly NodeId[];
  /** How long a client waits for an outcome, in ms. More than 0. Default 3 000. */
  readonly requestTimeoutMs?: number;
  /** Proves the right to inject faults. Without it nobody may. */
  readonly adminToken?: string;
  /** Faults that hold from the first message on. Default none. */
  readonly faults?: FaultSettings;
  /** Told what is to be wrong with disk and clock, whenever that changes. */
  readonly onMachineFaults?: (faults: MachineFaults) => void;
  /** Raft's tuning, where it should differ from its defaults. */
  readonly raft?: Pick<RaftNodeOptions, 'tickMs' | 'snapshotEveryEntries' | 'trailingEntryCount'>;
  /** Gets what an operator should read: damage, a full disk, a failure. */
  readonly onNotice?: (text: string) => void;
}

/** A running node. */
export interface DemoNode {
  /** Its HTTP API. */
  readonly app: Hono;
  /** What stands behind `/v1/config`. */
  readonly service: ConfigService;
  /** The boards of which this node has a copy. */
  readonly boardIds: () => readonly string[];
  /** All that its copy of a board says, as JSON; undefined if it has none. */
  readonly boardText: (boardId: string) => string | undefined;
  /** What the node tells those who watch it. */
  readonly events: Pick<NodeEvents, 'subscribe'>;
  /** What the node says of itself. */
  readonly status: () => NodeStatus;
  /** Closes the log and the transport. Requests under way end as unknown or refused. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a node on what its disk remembers.
 *
 * @throws DiskError, LogError or RaftStartError if the disk cannot be used, see `RaftNode.open`.
 */
export async function createNode(options: NodeOptions): Promise<DemoNode> {
  const { clock, random, voters, requestTimeoutMs = 3_000 } = options;
  const { events, faults, transport, stamped, trace } = createTransports(options);
  const disk = new MeasuredDisk(options.disk, clock);
  const store = new ConfigStore();
  const raft = await RaftNode.open({
    ...options.raft,
    ...{ transport, disk, directory: 'raft', voters, stateMachine: store, clock, random },
  });
  // At once: what it found on the disk it tells in this turn.
  const stopNoticing = raft.observe((event) => {
    const notice = noticeOf(event);
    if (notice !== undefined) options.onNotice?.(notice);
  });
  const requester = createRequester(transport, clock);
  const localId = transport.localId;
  const calls = new PeerCalls({ transport, requester, clock, random, peers: voters });
  const directory = new BoardDirectory(transport, clock, voters);
  const boards = await openBoards(options, { transport, disk, store, calls, directory });
  const admission = new Admission({
    ...{ store, localId, requester: calls.requester, clock, members: voters },
  });
  const service = new ConfigService({ raft, store, requester, clock, requestTimeoutMs });
  const http = new HttpMetrics();
  const loop = new EventLoopMonitor(clock);
  const startedAtMs = clock.nowMs();

  const status = (): NodeStatus => ({
    id: transport.localId,
    uptimeMs: clock.nowMs() - startedAtMs,
    loopDelayMs: loop.delayMs,
    hybridAheadMs: stamped.aheadMs,
    raft: raftFigures(raft.status()),
    store: store.figures(),
    boards: boards.figures(),
    peers: calls.health(),
    blockedPeers: faults.blockedPeers,
  });
  const publisher = new StatusPublisher(clock, events, status);
  const stopPublishing = raft.observe(({ kind }) => {
    if (kind === 'roleChanged') publisher.publish();
  });

  const metrics = (): string =>
    nodeMetrics({ status: status(), transport, disk, http, proposals: service.proposals });
  const { ownersOf, boardText } = boards;
  const operations = { events, status, metrics, faults, trace, ownersOf, boardText };
  const app = new Hono();
  app.use(http.middleware(clock));
  app.use('/v1/*', admission.authenticate(), admission.limit());
  app.route('/', createBoardsApi({ boards: boards.service, clock, mayExist: directory.mayExist }));
  app.route('/', createConfigApi(service, admission.isAdmin));
  app.route('/', createOperationsApi({ ...operations, adminToken: options.adminToken }));
  app.notFound(({ req }) => problem('not_found', { detail: `nothing at ${req.path}` }));
  app.onError(({ message }) => problem('internal', { detail: message }));

  const close = async (): Promise<void> => {
    for (const stop of [stopNoticing, stopPublishing]) stop();
    for (const part of [publisher, trace, loop, service, directory, calls]) part.close();
    await admission.close();
    await boards.close();
    requester.close();
    await raft.close();
    await transport.close();
  };
  return { app, service, boardIds: boards.boardIds, boardText, events, status, close };
}

/** Boards, and what they stand on. */
async function openBoards(
  { clock, random, voters, requestTimeoutMs = 3_000, onNotice }: NodeOptions,
  parts: {
    readonly transport: Transport;
    readonly disk: Disk;
    readonly store: ConfigStore;
    readonly calls: PeerCalls;
    readonly directory: BoardDirectory;
  },
): Promise<{
  readonly service: BoardService;
  readonly boardIds: () => readonly string[];
  readonly boardText: (boardId: string) => string | undefined;
  readonly ownersOf: (boardId: string) => readonly string[];
  readonly figures: () => BoardFigures;
  readonly close: () => Promise<void>;
}> {
  const { transport, disk, store, calls, directory } = parts;
  const { requester, isAvailable } = calls;
  const { localId } = transport;
  const host = await BoardHost.open({
    ...{ disk, transport, clock, random, peers: voters },
    onHold: (boardId) => directory.add(boardId),
    onError: (boardId, error) => onNotice?.(`board ${boardId}: ${String(error)}`),
  });
  const membership = (): Membership => membershipOf(store, voters);
  const shards = new Shards({ host, localId, requester, clock, membership });
  const service = new BoardService({
    ...{ host, shards, localId, requester, clock, isAvailable, requestTimeoutMs },
  });
  const close = async (): Promise<void> => {
    service.close();
    shards.close();
    await host.close();
  };
  const figures = (): BoardFigures => {
    const { epoch, members } = membership();
    const { sizeBits, falsePositiveRate } = directory.stats();
    return {
      copyCount: host.boardIds.length,
      underReplicatedCount: shards.underReplicatedCount(),
      epoch,
      members: members.map(({ id }) => id),
      digests: host.digests(),
      filter: { sizeBytes: sizeBits / 8, falsePositiveRate },
    };
  };
  const ownersOf = (boardId: string): readonly string[] => shards.ownersOf(boardId);
  const boardText = (boardId: string): string | undefined => host.textOf(boardId);
  return { service, boardIds: () => host.boardIds, boardText, ownersOf, figures, close };
}

/** What is put around the carrier: faults on demand, and a look at every message before them. */
function createTransports(options: NodeOptions): {
  readonly events: NodeEvents;
  readonly faults: InjectedFaults;
  readonly transport: ObservedTransport;
  readonly stamped: StampedTransport;
  readonly trace: TraceFeed;
} {
  const { transport: carrier, clock, random, faults: settings, onMachineFaults } = options;
  const events = new NodeEvents();
  const faulty = new FaultyTransport(carrier, { clock, random });
  const faults = new InjectedFaults(faulty, onMachineFaults);
  if (settings !== undefined) faults.set(settings);
  const isBlocked = (peer: NodeId): boolean => faults.isBlocked(peer);
  const trace = new TraceFeed(clock);
  const stamping = { clock, random, describe, isTraced: trace.isFollowed, trace: trace.add };
  const stamped = new StampedTransport(faulty, stamping);
  const transport = new ObservedTransport(stamped, { clock, events, describe, isBlocked });
  return { events, faults, transport, stamped, trace };
}

/** What a message is called on a screen: Raft's name of its kind, or the protocol's name. */
function describe(protocol: ProtocolName, payload: Uint8Array): string {
  try {
    return protocol === 'raft' ? raftCodec.decode(payload).kind : protocol;
  } catch (error) {
    if (error instanceof DecodeError) return protocol;
    throw error;
  }
}
