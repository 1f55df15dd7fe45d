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
import { nodeId } from '@quorate/transport';

import { ClusterQuotas } from '../limits/cluster-quotas.ts';
import { openBoards } from './boards/open-boards.ts';
import { Leadership } from './control/leadership.ts';
import { MemberChanges, type Settlement } from './control/member-changes.ts';
import { openControl } from './control/open-control.ts';
import { Admission } from './gateway/admission.ts';
import { BoardDirectory } from './gateway/board-directory.ts';
import { createApp } from './node-app.ts';
import type { DemoNode, NodeOptions } from './node-options.ts';
import { watchNode } from './node-watch.ts';
import { surround } from './surroundings.ts';

/**
 * Starts a node on what its disk remembers.
 *
 * @throws DiskError, LogError or RaftStartError if the disk cannot be used, see `RaftNode.open`.
 */
export async function createNode(options: NodeOptions): Promise<DemoNode> {
  const surroundings = surround(options);
  const { transport, clock, random, requester, calls, requestTimeoutMs } = surroundings;
  const { localId } = transport;
  const control = await openControl(options, surroundings);
  const { raft, store, roster, service } = control;
  const directory = new BoardDirectory({ transport, clock, random });
  const boards = await openBoards({ ...options, roster, directory }, surroundings);
  const settlement = (): Promise<Settlement> => boards.shards.settlement();
  const { isAvailable } = calls;
  const changes = new MemberChanges({
    ...{ roster, raft, service, requester, clock, isAvailable, settlement },
  });
  const leadership = new Leadership({ raft, requester, requestTimeoutMs });
  const { quotas = new ClusterQuotas({ localId, requester: calls.requester, clock }) } = options;
  const admission = new Admission({ store, quotas });
  roster.follow((peers) => {
    calls.setPeers(peers);
    directory.setPeers(peers);
    admission.setMembers(roster.membership.members.map(({ id }) => nodeId(id)));
  });
  const parts = { control, boards, changes, admission };
  const watch = watchNode(parts, surroundings);
  const { adminToken, allowsFaults = false } = options;
  const app = createApp(
    { ...parts, directory, leadership, watch, adminToken, allowsFaults },
    surroundings,
  );
  return {
    ...{ app, service, events: surroundings.events, status: watch.status, raft: watch.raft },
    counts: watch.counts,
    boardIds: () => boards.host.boardIds,
    boardText: (boardId) => boards.host.textOf(boardId),
    async close() {
      for (const part of [watch, changes, leadership, directory, calls]) part.close();
      await admission.close();
      await boards.close();
      requester.close();
      await raft.close();
      await transport.close();
    },
  };
}
