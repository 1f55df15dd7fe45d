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
import { RaftNode, type RaftNodeOptions } from '@quorate/raft';
import type { Disk } from '@quorate/storage';
import {
  type Clock,
  createRequester,
  type NodeId,
  nodeId,
  type Random,
  type Transport,
} from '@quorate/transport';
import { FaultyTransport } from '@quorate/transport/faulty';
import { type Context, Hono } from 'hono';

import { BoardHost } from './boards/board-host.ts';
import { BoardService } from './boards/board-service.ts';
import { createBoardsApi } from '../board/boards-api.ts';
import { Shards } from './boards/shards.ts';
import { type AdminApiOptions, createAdminApi } from '../operations/admin-api.ts';
import { createConfigApi } from '../config/config-api.ts';
import { ConfigService } from './control/config-service.ts';
import { ConfigStore } from '../config/config-store.ts';
import { Leadership } from './control/leadership.ts';
import { MemberChanges } from './control/member-changes.ts';
import { type AddressBook, type Membership, Roster } from './control/roster.ts';
import { EventLoopMonitor } from '../observe/event-loop-monitor.ts';
import { HttpMetrics } from '../observe/http-metrics.ts';
import { createAccountApi } from '../operations/account-api.ts';
import { Admission } from './gateway/admission.ts';
import { BoardDirectory } from './gateway/board-directory.ts';
import { PeerCalls } from './gateway/peer-calls.ts';
import { type FaultSettings, InjectedFaults } from '../injected-faults.ts';
import { MeasuredDisk } from '../observe/measured-disk.ts';
import type { NodeEvents } from '../observe/node-events.ts';
import { nodeMetrics } from '../observe/node-metrics.ts';
import type { BoardFigures, NodeStatus, RaftFigures } from '../observe/node-status.ts';
import { observeCarrier } from '../observe/observed-carrier.ts';
import {
  createOperationsApi,
  hasToken,
  type OperationsApiOptions,
} from '../operations/operations-api.ts';
import { noRoute } from '../http/no-route.ts';
import { problem } from '../http/problem.ts';
import type { MachineFaults } from '../machine-faults.ts';
import { noticeOf, raftFigures } from '../observe/raft-figures.ts';
import { StatusPublisher } from '../observe/status-publisher.ts';

/** Clocks of machines go wrong by less. Reads by a lease rely on it, and nothing else. */
const CLOCK_DRIFT_PPM_MAX = 1_000;

/** What a node runs on. */
export interface NodeOptions {
  /** Owned by the node from now on: closing the node closes it. */
  readonly transport: Transport;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Wakes those who watch, so that watching is no part of a simulated run. Default `clock`. */
  readonly watchClock?: Clock;
  /** The nodes that found the cluster, this one included; the same on all of them. */
  readonly voters: readonly NodeId[];
  /** Whether there is a cluster already, which is to let this node in. Default: it is a founder. */
  readonly isJoining?: boolean;
  /** Learns where nodes are that join later. Left out where the carrier knows by itself. */
  readonly addressBook?: AddressBook;
  /** How long a client waits for an outcome, in ms. More than 0. Default 3 000. */
  readonly requestTimeoutMs?: number;
  /** Proves the right to inject faults and to change the nodes. Without it nobody has it. */
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

/** What all parts of a node share. */
interface Surroundings {
  readonly transport: Transport;
  readonly disk: Disk;
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
  /** Raft's part of that, for those who ask often. */
  readonly raft: () => RaftFigures;
  /** Closes the log and the transport. Requests under way end as unknown or refused. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a node on what its disk remembers.
 *
 * @throws DiskError, LogError or RaftStartError if the disk cannot be used, see `RaftNode.open`.
 */
export async function createNode(options: NodeOptions): Promise<DemoNode> {
  const { clock, random, watchClock = clock, requestTimeoutMs = 3_000 } = options;
  const { faulty, faults } = makeFaulty(options);
  const isBlocked = (peer: NodeId): boolean => faults.isBlocked(peer);
  const observed = observeCarrier(faulty, { clock, watchClock, random, isBlocked });
  const { transport, events, trace } = observed;
  const disk = new MeasuredDisk(options.disk, clock);
  const requester = createRequester(transport, clock);
  const calls = new PeerCalls({ transport, requester, clock, random });
  const { isAvailable } = calls;
  const { raft, store, roster, service } = await openControl(options, { transport, disk });
  const directory = new BoardDirectory(transport, clock);
  const boards = await openBoards(options, { transport, disk, roster, calls, directory });
  const settlement = boards.figures;
  const changes = new MemberChanges({
    ...{ roster, raft, service, requester, clock, isAvailable, settlement },
  });
  const leadership = new Leadership({ raft, requester, requestTimeoutMs });
  const { localId } = transport;
  const admission = new Admission({ store, localId, requester: calls.requester, clock });
  roster.follow((peers) => {
    calls.setPeers(peers);
    directory.setPeers(peers);
    admission.setMembers(roster.membership.members.map(({ id }) => nodeId(id)));
  });
  const http = new HttpMetrics();
  const loop = new EventLoopMonitor(clock);
  const startedAtMs = clock.nowMs();
  const figures = (): RaftFigures => raftFigures(raft.status());
  const status = (): NodeStatus => ({
    id: localId,
    uptimeMs: clock.nowMs() - startedAtMs,
    loopDelayMs: loop.delayMs,
    hybridAheadMs: observed.stamped.aheadMs,
    raft: figures(),
    store: store.figures(),
    boards: boards.figures(),
    members: changes.progress(),
    peers: calls.health(),
    limits: admission.watch.figures,
    blockedPeers: faults.blockedPeers,
  });
  const publisher = new StatusPublisher(watchClock, events, status);
  raft.observe(({ kind }) => {
    if (kind === 'roleChanged') publisher.publish();
  });
  const metrics = (): string =>
    nodeMetrics({ status: status(), transport, disk, http, proposals: service.proposals });
  const { ownersOf, boardText, boardIds } = boards;
  const app = createApp({
    ...{ admission, adminToken: options.adminToken, http, clock },
    routes: [
      createBoardsApi({ boards: boards.service, clock, directory }),
      createConfigApi(service, admission.isAdmin),
      createAccountApi(admission),
    ],
    operations: { events, status, metrics, faults, trace, ownersOf, boardText },
    admin: { changes, leadership, raft },
  });
  const close = async (): Promise<void> => {
    const parts = [publisher, trace, loop, changes, leadership, directory, calls];
    for (const part of parts) part.close();
    await admission.close();
    await boards.close();
    requester.close();
    await raft.close();
    await transport.close();
  };
  return { app, service, boardIds, boardText, events, status, raft: figures, close };
}

/** The carrier with what goes wrong on it when somebody asks for it. */
function makeFaulty(options: NodeOptions): {
  readonly faulty: FaultyTransport;
  readonly faults: InjectedFaults;
} {
  const faulty = new FaultyTransport(options.transport, options);
  const faults = new InjectedFaults(faulty, options.onMachineFaults);
  if (options.faults !== undefined) faults.set(options.faults);
  return { faulty, faults };
}

/** Raft, what it replicates, and who takes part. */
async function openControl(
  options: NodeOptions,
  { transport, disk }: Surroundings,
): Promise<{
  readonly raft: RaftNode;
  readonly store: ConfigStore;
  readonly roster: Roster;
  readonly service: ConfigService;
}> {
  const { clock, random, isJoining = false, addressBook, requestTimeoutMs = 3_000 } = options;
  const store = new ConfigStore();
  // Who joins waits to be told who takes part, and knows whom to listen to meanwhile.
  const voters = isJoining ? [] : options.voters;
  const founders = options.voters.filter((id) => !isJoining || id !== transport.localId);
  const raft = await RaftNode.open({
    ...options.raft,
    ...{ transport, disk, directory: 'raft', voters, stateMachine: store, clock, random },
    ...{ forwardProposals: true, maxClockDriftPpm: CLOCK_DRIFT_PPM_MAX },
  });
  // At once: what it found on the disk it tells in this turn.
  raft.observe((event) => {
    const notice = noticeOf(event);
    if (notice !== undefined) options.onNotice?.(notice);
  });
  const roster = new Roster({ store, raft, founders, addressBook });
  const service = new ConfigService({ raft, store, requestTimeoutMs });
  return { raft, store, roster, service };
}

/** All routes, and who may use which. */
function createApp(parts: {
  readonly admission: Admission;
  readonly adminToken: string | undefined;
  readonly http: HttpMetrics;
  readonly clock: Clock;
  readonly routes: readonly Hono[];
  readonly operations: Omit<OperationsApiOptions, 'adminToken'>;
  readonly admin: Omit<AdminApiOptions, 'mayAdminister'>;
}): Hono {
  const { admission, adminToken, operations, admin } = parts;
  const app = new Hono();
  app.use(parts.http.middleware(parts.clock));
  app.use('/v1/*', admission.authenticate(), admission.limit());
  for (const routes of parts.routes) app.route('/', routes);
  app.route('/', createOperationsApi({ ...operations, adminToken }));
  const mayAdminister = (context: Context): boolean =>
    hasToken(context, adminToken) || admission.isProvenAdmin(context);
  app.route('/', createAdminApi({ ...admin, mayAdminister }));
  app.notFound(({ req }) => noRoute(app, req));
  app.onError(({ message }) => problem('internal', { detail: message }));
  return app;
}

/** Boards, and what they stand on. */
async function openBoards(
  { clock, random, voters, requestTimeoutMs = 3_000, onNotice }: NodeOptions,
  parts: Surroundings & {
    readonly roster: Roster;
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
  const { transport, disk, roster, calls, directory } = parts;
  const { requester, isAvailable } = calls;
  const { localId } = transport;
  const host = await BoardHost.open({
    ...{ disk, transport, clock, random, peers: voters },
    onHold: (boardId) => directory.add(boardId),
    onError: (boardId, error) => onNotice?.(`board ${boardId}: ${String(error)}`),
  });
  const membership = (): Membership => roster.membership;
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
    return {
      copyCount: host.boardIds.length,
      underReplicatedCount: shards.underReplicatedCount(),
      epoch,
      members: members.map(({ id }) => id),
      digests: host.digests(),
      filter: directory.figures(),
      leavingCount: shards.leavingCount(),
    };
  };
  const ownersOf = (boardId: string): readonly string[] => shards.ownersOf(boardId);
  const boardText = (boardId: string): string | undefined => host.textOf(boardId);
  return { service, boardIds: () => host.boardIds, boardText, ownersOf, figures, close };
}
