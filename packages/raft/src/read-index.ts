import type { NodeId } from '@quorate/transport';

import { hasCommittedInTerm } from './commitment.ts';
import type { ClockReading } from './effects.ts';
import { answeredRound, holdsLease } from './lease.ts';
import type { ReadIndexReply, ReadIndexRequest } from './messages.ts';
import { send } from './persistence.ts';
import type { WaitingRead } from './read-queue.ts';
import type { ReadConfirmation } from './remote-reads.ts';
import { broadcastHeartbeat } from './replication.ts';
import type { Leadership, RaftState } from './state.ts';

/**
 * Reads without a log entry (thesis §6.4): what a node must have applied to be read.
 *
 * A leader that was replaced does not know it, and would answer with what another has overwritten.
 * So every read waits for proof that its leader led after the read had arrived: a majority has
 * answered a round of heartbeats that was sent since. And a leader that is new waits until it has
 * committed an entry of its own, or it might not know all that its predecessors committed.
 *
 * ```text
 *   follower  read ──► readIndexRequest(nonce, id)        readIndexReply ──► apply up to readIndex
 *                              │                                ▲            └► ready
 *   leader                     └► round r ──► majority answers ─┘
 *                                 readIndex = commitIndex
 * ```
 *
 * A node that does not lead asks the leader for the index, and applies that far itself. It asks
 * again after a while of silence, and whoever leads next, until nobody waits for the read. Ids of
 * requests are never used twice, not even by the next life of the node: an answer that was late
 * once confirmed a read that was younger (etcd#20418).
 */

/** Takes in a read, or says why not. */
export function onReadIndex(
  state: RaftState,
  readId: number,
  how: ReadConfirmation = 'quorum',
): void {
  const { role, remoteReads } = state;
  const isFull = role.kind === 'leader' ? role.reads.isFull : remoteReads.isFull;
  if (role.kind !== 'leader' && state.promised !== undefined) {
    state.effects.push({ kind: 'readRefused', readId, reason: 'recovering' });
  } else if (state.leaderId === undefined) {
    state.effects.push({ kind: 'readRefused', readId, reason: 'notLeader' });
  } else if (isFull) {
    state.effects.push({ kind: 'readRefused', readId, reason: 'tooManyReads' });
  } else if (role.kind === 'leader') {
    role.reads.add({ kind: 'own', readId });
  } else {
    remoteReads.add(readId, how);
  }
}

/** Answers a read at once by the lease, or else like any other. */
export function onLeaseRead(state: RaftState, readId: number, now: ClockReading): void {
  if (!holdsLease(state, now)) {
    onReadIndex(state, readId, 'lease');
    return;
  }
  state.effects.push({ kind: 'readReady', readId, readIndex: state.commitIndex });
}

/** Ends a leader's step: starts a round for the reads that wait, unless one is under way. */
export function startReadRound(state: RaftState, leader: Leadership): void {
  if (!leader.reads.hasWaiting || leader.reads.hasRound) return;
  if (!hasCommittedInTerm(state)) return;
  broadcastHeartbeat(state, leader);
  joinRound(state, leader);
  confirmReads(state, leader);
}

/** Lets the reads that wait ride on the round that was just sent. */
export function joinRound(state: RaftState, leader: Leadership): void {
  if (leader.reads.hasWaiting && hasCommittedInTerm(state)) {
    leader.reads.begin(state.lastRound, state.commitIndex);
  }
}

/** Answers the reads whose round a majority has acknowledged. */
export function confirmReads(state: RaftState, leader: Leadership): void {
  if (!leader.reads.hasRound) return;
  const round = answeredRound(state, leader);
  for (const { read, readIndex } of leader.reads.confirm(round)) {
    answer(state, read, readIndex);
  }
}

function answer(state: RaftState, read: WaitingRead, readIndex: number): void {
  if (read.kind === 'own') {
    state.effects.push({ kind: 'readReady', readId: read.readId, readIndex });
    return;
  }
  reply(state, read.from, read, { kind: 'confirmed', readIndex, isByLease: false });
}

function reply(
  state: RaftState,
  to: NodeId,
  { nonce, requestId }: Pick<ReadIndexRequest, 'nonce' | 'requestId'>,
  result: ReadIndexReply['result'],
): void {
  const { currentTerm: term } = state;
  send(state, to, { kind: 'readIndexReply', term, nonce, requestId, result });
}

/** Ends the step of a node that does not lead: asks the leader about the reads that wait. */
export function askLeader(state: RaftState): void {
  const { leaderId, remoteReads, currentTerm: term, tuning } = state;
  if (leaderId === undefined) return;
  const { nonce } = remoteReads;
  const retryTicks = Math.ceil(tuning.electionTimeoutTicks / 2);
  for (const { requestId, how } of remoteReads.takeRequests(term, retryTicks)) {
    const isLeaseEnough = how === 'lease';
    send(state, leaderId, { kind: 'readIndexRequest', term, nonce, requestId, isLeaseEnough });
  }
}

/**
 * `from` wants to read. Who does not lead says nothing: `from` learns of the leader anyhow, and
 * asks there. `request.term` is `currentTerm`.
 *
 * @param now - Unless known, a lease is of no use.
 */
export function onReadIndexRequest(
  state: RaftState,
  from: NodeId,
  request: ReadIndexRequest,
  now: ClockReading | undefined,
): void {
  const { role, commitIndex: readIndex } = state;
  if (role.kind !== 'leader') return;
  if (request.isLeaseEnough && now !== undefined && holdsLease(state, now)) {
    reply(state, from, request, { kind: 'confirmed', readIndex, isByLease: true });
    return;
  }
  if (role.reads.isFull) {
    reply(state, from, request, { kind: 'refused' });
    return;
  }
  const { nonce, requestId } = request;
  role.reads.add({ kind: 'remote', from, nonce, requestId });
}

/** The leader has answered. `message.term` is `currentTerm`. */
export function onReadIndexReply(
  state: RaftState,
  { nonce, requestId, result }: ReadIndexReply,
): void {
  const { remoteReads, effects } = state;
  // Asked by an earlier life of this node, before the reads that wait now.
  if (nonce !== remoteReads.nonce) return;
  if (result.kind === 'refused') {
    for (const readId of remoteReads.confirm(requestId, 'quorum')) {
      effects.push({ kind: 'readRefused', readId, reason: 'tooManyReads' });
    }
    return;
  }
  const { readIndex, isByLease } = result;
  for (const readId of remoteReads.confirm(requestId, isByLease ? 'lease' : 'quorum')) {
    effects.push({ kind: 'readReady', readId, readIndex });
  }
}
