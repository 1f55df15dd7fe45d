import type { NodeId } from '@quorate/transport';

import { advanceCommit, applyCommitted, markApplied } from './commitment.ts';
import type { RaftEffect, RaftInput } from './effects.ts';
import {
  countOwnVote,
  mustNotElect,
  onPreVote,
  onPreVoteReply,
  onRequestVote,
  onRequestVoteReply,
  tickElection,
} from './election.ts';
import { concludeMembership, onChangeMembership } from './membership.ts';
import type { RaftMessage } from './messages.ts';
import type { RaftOptions } from './options.ts';
import { markDurable, persistChanges, send } from './persistence.ts';
import {
  onForwardDropped,
  onForwardProposal,
  onForwardReply,
  onPropose,
  tickForwards,
} from './proposal.ts';
import {
  askLeader,
  confirmReads,
  joinRound,
  onLeaseRead,
  onReadIndex,
  onReadIndexReply,
  onReadIndexRequest,
  startReadRound,
} from './read-index.ts';
import { initialState } from './recovery.ts';
import { isAskedForSnapshot, LEADERLESS_TERM, onFetchedEntries, tickRepair } from './repair.ts';
import { onFetchEntries } from './repair-source.ts';
import {
  hearLeader,
  onAppendEntries,
  onAppendEntriesReply,
  onHeartbeat,
  onHeartbeatReply,
  onPeerRestarted,
  onPeerUnreachable,
  replicate,
  tickLeader,
} from './replication.ts';
import { becomeFollower } from './roles.ts';
import {
  onInstallSnapshot,
  onInstallSnapshotReply,
  onSnapshotChunk,
  onSnapshotChunkReply,
  onSnapshotSent,
  onSnapshotTaken,
} from './snapshot.ts';
import type { Leadership, RaftState } from './state.ts';
import { continueTransfer, onTimeoutNow, onTransferLeadership, tickTransfer } from './transfer.ts';

/**
 * A node that has just come up, as a follower with what its disk remembers.
 *
 * @throws RangeError if an option is out of its range or contradicts another.
 */
export function createRaft(options: RaftOptions): RaftState {
  return initialState(options);
}

/**
 * Advances one node by one input. Deterministic: same history of inputs, same effects; no clock,
 * no I/O, no promise.
 *
 * @returns What the caller must do, in order; owned by the caller.
 */
export function step(raft: RaftState, input: RaftInput): readonly RaftEffect[] {
  dispatch(raft, input);
  announceRole(raft);
  return finish(raft);
}

/**
 * Advances one node by several inputs at once, as if by one `step` each, but with one write and as
 * few messages as possible for all of them together.
 */
export function stepAll(raft: RaftState, inputs: readonly RaftInput[]): readonly RaftEffect[] {
  for (const input of inputs) {
    dispatch(raft, input);
    announceRole(raft);
  }
  return finish(raft);
}

/** The only switch over inputs. */
function dispatch(raft: RaftState, input: RaftInput): void {
  const { role } = raft;
  switch (input.kind) {
    case 'tick':
      raft.clock = input.clock ?? raft.clock;
      onTick(raft);
      break;
    case 'receive':
      raft.clock = input.clock ?? raft.clock;
      if (isHeard(raft, input.from, input.message)) onReceive(raft, input);
      break;
    case 'propose':
      onPropose(raft, input.proposalId, input.payloads);
      break;
    case 'changeMembership':
      onChangeMembership(raft, input);
      break;
    case 'transferLeadership':
      onTransferLeadership(raft, input.transferId, input.to);
      break;
    case 'forgetLeader':
      onForgetLeader(raft);
      break;
    case 'readIndex':
      onReadIndex(raft, input.readId);
      break;
    case 'leaseRead':
      raft.clock = input.clock;
      onLeaseRead(raft, input.readId, input.clock);
      break;
    case 'forwardDropped':
      onForwardDropped(raft, input.forwardId);
      break;
    case 'forgetRead':
      raft.remoteReads.forget(input.readId);
      break;
    case 'persisted':
      markDurable(raft, input.ticket);
      countOwnVote(raft);
      if (role.kind === 'leader') advance(raft, role);
      break;
    case 'applied':
      markApplied(raft, input.logIndex);
      break;
    case 'snapshotTaken':
      onSnapshotTaken(raft, input.metadata, input.trailingEntryCount);
      break;
    case 'peerRestarted':
      if (role.kind === 'leader') onPeerRestarted(raft, role, input.peer);
      break;
    case 'peerUnreachable':
      if (role.kind === 'leader') onPeerUnreachable(role, input.peer);
      break;
    case 'snapshotSent':
      if (role.kind === 'leader') onSnapshotSent(role, input.peer, input.outcome);
      break;
  }
}

/**
 * Whether a message is for this node to handle. What others ask is heard from anyone: whoever is no
 * member here may be one in a configuration that has not arrived yet. What they answer counts only
 * from members: somebody who was removed must not depose a leader with a term of its own.
 */
function isHeard(raft: RaftState, from: NodeId, message: RaftMessage): boolean {
  const { role } = raft;
  const isLeaving = role.kind === 'leader' && role.followers.has(from);
  if (raft.peers.includes(from) || isLeaving) return true;
  const isRequest = !message.kind.endsWith('Reply') && message.kind !== 'fetchedEntries';
  if (isRequest && from !== raft.id) return true;
  raft.strangerCount += 1;
  return false;
}

function advance(raft: RaftState, leader: Leadership): void {
  const { commitIndex } = raft;
  advanceCommit(raft, leader);
  if (raft.commitIndex > commitIndex) concludeMembership(raft, leader);
}

function onForgetLeader(raft: RaftState): void {
  if (raft.role.kind !== 'follower' || raft.tuning.maxClockDriftPpm > 0) return;
  becomeFollower(raft, raft.currentTerm);
}

function onTick(raft: RaftState): void {
  raft.ticksSinceLeader += 1;
  tickForwards(raft);
  const isWriting = raft.durableTicket < raft.issuedTicket;
  raft.storageWaitTicks = isWriting ? raft.storageWaitTicks + 1 : 0;
  if (raft.role.kind !== 'leader') {
    raft.remoteReads.tick();
    tickElection(raft);
    tickRepair(raft);
    return;
  }
  const { lastRound, role } = raft;
  tickLeader(raft, role);
  if (raft.role === role) tickTransfer(raft, role);
  if (raft.role === role && raft.lastRound > lastRound) joinRound(raft, role);
}

function onReceive(
  raft: RaftState,
  { from, message, clock }: Extract<RaftInput, { readonly kind: 'receive' }>,
): void {
  if (message.term === LEADERLESS_TERM && onRepairSnapshot(raft, from, message)) return;
  if (message.term > raft.currentTerm && !adoptTerm(raft, from, message)) return;
  if (message.term < raft.currentTerm) {
    answerStale(raft, from, message);
    return;
  }
  switch (message.kind) {
    case 'preVote':
      onPreVote(raft, from, message);
      return;
    case 'preVoteReply':
      onPreVoteReply(raft, from, message);
      return;
    case 'requestVote':
      onRequestVote(raft, from, message);
      return;
    case 'requestVoteReply':
      onRequestVoteReply(raft, from, message);
      return;
    case 'appendEntries':
      onAppendEntries(raft, from, message);
      return;
    case 'heartbeat':
      onHeartbeat(raft, from, message);
      return;
    case 'installSnapshot':
      hearLeader(raft, from);
      onInstallSnapshot(raft, from, message);
      return;
    case 'timeoutNow':
      onTimeoutNow(raft, from);
      return;
    case 'readIndexRequest':
      onReadIndexRequest(raft, from, message, clock);
      return;
    case 'readIndexReply':
      onReadIndexReply(raft, message);
      return;
    case 'forwardProposal':
      onForwardProposal(raft, from, message);
      return;
    case 'forwardReply':
      onForwardReply(raft, message);
      return;
    case 'snapshotChunk':
      hearLeader(raft, from);
      onSnapshotChunk(raft, from, message);
      return;
    case 'fetchEntries':
      onFetchEntries(raft, from, message);
      return;
    case 'fetchedEntries':
      onFetchedEntries(raft, from, message);
      return;
    case 'appendEntriesReply':
    case 'heartbeatReply':
    case 'installSnapshotReply':
    case 'snapshotChunkReply':
      onFollowerReply(raft, from, message);
      return;
  }
}

/** A snapshot that a damaged node asked for while nobody led. @returns Whether it was that. */
function onRepairSnapshot(raft: RaftState, from: NodeId, message: RaftMessage): boolean {
  switch (message.kind) {
    case 'installSnapshot':
      if (isAskedForSnapshot(raft, from)) onInstallSnapshot(raft, from, message);
      return true;
    case 'snapshotChunk':
      if (isAskedForSnapshot(raft, from)) onSnapshotChunk(raft, from, message);
      return true;
    case 'snapshotChunkReply':
      raft.effects.push({ kind: 'chunkAnswered', from, reply: message });
      return true;
    default:
      return false;
  }
}

function onFollowerReply(
  raft: RaftState,
  from: NodeId,
  message: Extract<
    RaftMessage,
    { kind: `${'appendEntries' | 'heartbeat' | 'installSnapshot' | 'snapshotChunk'}Reply` }
  >,
): void {
  const { role } = raft;
  if (role.kind !== 'leader') return;
  switch (message.kind) {
    case 'appendEntriesReply':
      onAppendEntriesReply(raft, role, from, message);
      advance(raft, role);
      return;
    case 'heartbeatReply':
      onHeartbeatReply(raft, role, from, message);
      confirmReads(raft, role);
      return;
    case 'installSnapshotReply':
      onInstallSnapshotReply(raft, role, from, message);
      advance(raft, role);
      return;
    case 'snapshotChunkReply':
      onSnapshotChunkReply(raft, role, from, message);
      return;
  }
}

/**
 * Figure 2, Rules for Servers: a higher term always demotes. Except that pre-votes speak of terms
 * that do not exist yet, and that a vote asked for while the leader is well is not heard at all.
 *
 * @returns Whether the message is to be handled.
 */
function adoptTerm(raft: RaftState, from: NodeId, message: RaftMessage): boolean {
  switch (message.kind) {
    case 'preVote':
      return true;
    case 'preVoteReply':
      if (!message.voteGranted) becomeFollower(raft, message.term);
      return true;
    case 'requestVote':
      if (message.isTransfer !== true && mustNotElect(raft, from)) return false;
      becomeFollower(raft, message.term);
      return true;
    case 'fetchEntries':
      if (message.isFence && !mustNotElect(raft, from)) becomeFollower(raft, message.term);
      return true;
    default:
      becomeFollower(raft, message.term);
      return true;
  }
}

/** Whoever is behind learns it from any answer that carries the current term; replies need none. */
function answerStale(raft: RaftState, from: NodeId, message: RaftMessage): void {
  const { currentTerm: term } = raft;
  switch (message.kind) {
    case 'preVote':
      onPreVote(raft, from, message);
      return;
    case 'requestVote':
      send(raft, from, { kind: 'requestVoteReply', term, voteGranted: false });
      return;
    case 'appendEntries': {
      const { prevLogIndex } = message;
      const result = { kind: 'rejected', prevLogIndex, hintIndex: 0, hintTerm: 0 } as const;
      send(raft, from, { kind: 'appendEntriesReply', term, result });
      return;
    }
    case 'heartbeat':
      send(raft, from, { kind: 'heartbeatReply', term, round: message.round });
      return;
    case 'installSnapshot':
      send(raft, from, { kind: 'installSnapshotReply', term, matchIndex: 0 });
      return;
    case 'snapshotChunk': {
      const { crc, snapshot } = message;
      const { lastIncludedIndex } = snapshot;
      const about = { lastIncludedIndex, crc, result: 'unknown', offset: 0 } as const;
      send(raft, from, { kind: 'snapshotChunkReply', term, ...about });
      return;
    }
    case 'fetchEntries':
      onFetchEntries(raft, from, message);
      return;
    case 'fetchedEntries':
      onFetchedEntries(raft, from, message);
      return;
    case 'preVoteReply':
      // A refusal whose term is behind still counts: the refuser has the better log.
      if (!message.voteGranted) onPreVoteReply(raft, from, message);
      return;
    case 'forwardReply':
      onForwardReply(raft, message);
      return;
    case 'requestVoteReply':
    case 'appendEntriesReply':
    case 'heartbeatReply':
    case 'installSnapshotReply':
    case 'timeoutNow':
    case 'readIndexRequest':
    case 'readIndexReply':
    case 'forwardProposal':
    case 'snapshotChunkReply':
      return;
  }
}

function announceRole(raft: RaftState): void {
  const { announced, role, currentTerm: term, leaderId } = raft;
  const isSame =
    announced.kind === role.kind && announced.term === term && announced.leaderId === leaderId;
  if (isSame) return;
  raft.announced = { kind: role.kind, term, leaderId };
  raft.effects.push({ kind: 'roleChanged', role: role.kind, term, leaderId });
}

/** What one step or one batch of them ends with: messages of a leader, one write, applies. */
function finish(raft: RaftState): readonly RaftEffect[] {
  if (raft.role.kind === 'leader') {
    startReadRound(raft, raft.role);
    replicate(raft, raft.role);
    continueTransfer(raft, raft.role);
  } else {
    askLeader(raft);
  }
  persistChanges(raft);
  applyCommitted(raft);
  const { effects } = raft;
  raft.effects = [];
  return effects;
}
