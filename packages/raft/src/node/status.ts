import type { DamagedEntry } from '@quorate/storage';
import type { NodeId } from '@quorate/transport';

import { type Configuration, protocolVersionOf } from '../configuration.ts';
import type { RaftRole } from '../effects.ts';
import type { Progress, ProgressState } from '../progress.ts';
import type { RaftState } from '../state.ts';
import type { IdentityStatus } from './identity.ts';
import type { SnapshotReceiving, SnapshotSending } from './snapshots.ts';
import type { StateDivergence } from './state-hash.ts';

/** What a leader knows of one follower. */
export interface FollowerStatus {
  /** Highest index known to be durable there and equal to the leader's. */
  readonly matchIndex: number;
  /** The next entry to send. */
  readonly nextIndex: number;
  readonly state: ProgressState;
  /** Whether it answered since the last check of the quorum. */
  readonly isRecentlyActive: boolean;
  /** Whether it has enough of the log to be given a vote (thesis §4.2.1). */
  readonly isCaughtUp: boolean;
}

/** A repair under way. */
export interface RepairStatus {
  /** The first entry that is missing. */
  readonly nextIndex: number;
  /** The last entry that this node once vouched for. */
  readonly lastIndex: number;
  /** Entries that came from others so far. */
  readonly fetchedCount: number;
}

/** A node at one instant. A copy: it does not change. */
export interface RaftStatus {
  readonly nodeId: NodeId;
  readonly role: RaftRole;
  readonly term: number;
  readonly leaderId: NodeId | undefined;
  readonly votedFor: NodeId | undefined;
  /** How much this node is to lead: see `RaftTuning`. */
  readonly priority: number;
  /** Ticks since a follower or candidate heard from a leader, or began to ask for votes. */
  readonly electionElapsedTicks: number;
  /** After so many of them it asks for votes (again). Drawn anew for each wait. */
  readonly electionDueTicks: number;
  /** Highest index known to be committed; since the last start, so it begins at the snapshot. */
  readonly commitIndex: number;
  /** Highest index the state machine holds. */
  readonly lastApplied: number;
  readonly lastLogIndex: number;
  /** First entry kept in memory; `lastLogIndex + 1` if there is none. */
  readonly firstLogIndex: number;
  /** Every entry up to here survives a crash of this node. */
  readonly durableIndex: number;
  /** Who takes part, as the last configuration entry of this node's log says, committed or not. */
  readonly configuration: Configuration;
  /** Where that entry stands; 0 for the configuration that the cluster started with. */
  readonly configurationIndex: number;
  /** The protocol version up to which the log may use what is new: see `raiseProtocolVersion`. */
  readonly protocolVersion: number;
  /** The voters of `configuration`; while joint, the new ones. */
  readonly voters: readonly NodeId[];
  /** What could not be read at the start. Empty again once the log is repaired. */
  readonly damaged: readonly DamagedEntry[];
  /** What of the log is still to be had again from others. */
  readonly repairing: RepairStatus | undefined;
  /** Answers to that which contradicted themselves or this log. They were dropped. */
  readonly refusedFetchCount: number;
  /** Peers whose state was another than this node's at the same index. Empty is well. */
  readonly divergences: ReadonlyMap<NodeId, StateDivergence>;
  /** By member, learners included; empty unless this node leads. */
  readonly peers: ReadonlyMap<NodeId, FollowerStatus>;
  /** Snapshots on their way to followers, in pieces. */
  readonly snapshotsSending: ReadonlyMap<NodeId, SnapshotSending>;
  /** The leader's snapshot on its way here, in pieces. */
  readonly snapshotReceiving: SnapshotReceiving | undefined;
  /** Pieces of snapshots that were refused: damaged, out of place or too large. */
  readonly refusedChunkCount: number;
  /** Messages that were not sent to peers of an older protocol version. */
  readonly unsupportedCount: number;
  /** Whether others take this node for who it is. Only a 'proven' one takes part. */
  readonly identity: IdentityStatus;
  /** Messages of nodes that were refused as amnesiac or duplicate. They were dropped. */
  readonly refusedMessageCount: number;
  /** Whether the node rests, because nothing happens: see `quiesceAfterTimeouts`. */
  readonly isQuiescent: boolean;
  /** Whether writes wait for room on the disk. */
  readonly isDiskFull: boolean;
  /** 'failed': a disk or the state machine failed; the node stopped for good. */
  readonly condition: 'running' | 'recovering' | 'failed' | 'closed';
  /** What failed. */
  readonly failure: unknown;
}

/** What the core does not know. */
type EdgeStatus =
  | 'damaged'
  | 'divergences'
  | 'identity'
  | 'refusedMessageCount'
  | 'isDiskFull'
  | 'isQuiescent'
  | 'condition'
  | 'failure'
  | 'lastApplied'
  | 'snapshotsSending'
  | 'snapshotReceiving'
  | 'refusedChunkCount'
  | 'unsupportedCount';

/** The part of a status that the core knows. */
export function coreStatus(raft: RaftState): Omit<RaftStatus, EdgeStatus> {
  const { role, log } = raft;
  return {
    nodeId: raft.id,
    role: role.kind,
    term: raft.currentTerm,
    leaderId: raft.leaderId,
    votedFor: raft.votedFor,
    priority: raft.tuning.priority,
    electionElapsedTicks: raft.electionElapsedTicks,
    electionDueTicks: raft.electionDueTicks,
    commitIndex: raft.commitIndex,
    lastLogIndex: log.lastIndex,
    firstLogIndex: log.firstIndex,
    durableIndex: log.durableIndex,
    configuration: raft.configuration,
    configurationIndex: log.configurationIndex,
    protocolVersion: protocolVersionOf(raft.configuration),
    voters: raft.configuration.voters,
    repairing: repairStatus(raft),
    refusedFetchCount: raft.refusedFetchCount,
    peers: new Map(role.kind === 'leader' ? followerStatuses(role.followers) : []),
  };
}

function repairStatus({ repair, log }: RaftState): RepairStatus | undefined {
  if (repair === undefined) return undefined;
  const { lastIndex, fetchedCount, assembled } = repair;
  return { nextIndex: log.lastIndex + assembled.length + 1, lastIndex, fetchedCount };
}

function followerStatuses(
  followers: ReadonlyMap<NodeId, Progress>,
): (readonly [NodeId, FollowerStatus])[] {
  return Array.from(followers, ([peer, progress]) => {
    const { matchIndex, nextIndex, state, isRecentlyActive, catchUp } = progress;
    const isCaughtUp = catchUp.isDone;
    return [peer, { matchIndex, nextIndex, state, isRecentlyActive, isCaughtUp }];
  });
}
