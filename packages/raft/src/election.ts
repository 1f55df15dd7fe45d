import type { NodeId } from '@quorate/transport';

import { isVoter } from './configuration.ts';
import { isPreferredTo, yieldFromNowOn } from './election-priority.ts';
import { hastenElection, restartElectionTimer } from './election-timer.ts';
import { invariant } from './invariant.ts';
import { isBoundByLease } from './lease.ts';
import type { PreVote, PreVoteReply, RequestVote, RequestVoteReply } from './messages.ts';
import { isHardStateDurable, isStorageStalled, send, sendWhenDurable } from './persistence.ts';
import { jointVoteResult } from './quorum.ts';
import { appendNoop } from './replication.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './roles.ts';
import type { RaftState } from './state.ts';

/**
 * Leader election (§5.2, §5.4.1), with pre-vote and leader stickiness.
 *
 * A follower that hears no leader for a random time asks for votes in a new term; whoever gets a
 * majority leads that term. Each node votes once per term and only for a log at least as up to date
 * as its own, so there is at most one leader per term, and it has every committed entry.
 *
 * That alone is safe and easily disturbed: a node that is cut off raises its term with every
 * attempt, and when it comes back, deposes a healthy leader. Two rules keep it quiet.
 *
 * - **Pre-vote** (thesis §9.6). Before it raises its term, a node asks whether it could win. A
 *   pre-vote promises nothing: it changes no term, no vote and no timer of the one who gives it.
 *   (Who refuses one to a shorter log, or to a node of a lower priority, may campaign earlier for
 *   it: see election-timer.ts and election-priority.ts.)
 * - **Stickiness** (thesis §4.2.3). A node that heard from a leader within the minimum election
 *   timeout grants nothing to others. The counterpart is the leader's own check: one that hears no
 *   majority for as long steps down, so a leader that cannot lead is not clung to either.
 *
 * Together they could lock each other out: nodes with a long log and a low term would be refused
 * by nodes with a high term and a short log, who cannot win themselves. So a refusal teaches: it
 * carries the refuser's own term, and the asker goes on from there.
 */

/** The election timer of everyone who does not lead. */
export function tickElection(state: RaftState): void {
  // The election has not begun: on a slow disk every attempt would outrun the one before.
  if (state.role.kind === 'candidate' && !state.role.votes.has(state.id)) return;
  state.electionElapsedTicks += 1;
  const isUnanswered = 2 * state.electionElapsedTicks >= state.tuning.electionTimeoutTicks;
  if (state.role.kind === 'preCandidate' && isUnanswered) yieldFromNowOn(state);
  if (state.electionElapsedTicks < state.electionDueTicks) return;
  if (!isElectable(state)) {
    yieldFromNowOn(state);
    // It cannot lead, but must not take a silent leader for a living one either.
    becomeFollower(state, state.currentTerm);
    restartElectionTimer(state);
    return;
  }
  campaign(state);
}

function isElectable(state: RaftState): boolean {
  return hasSeat(state) && state.promised === undefined && !isStorageStalled(state);
}

/**
 * Whether this node may lead: if it is a voter, or was one until a change that is not known to be
 * committed. The others may need exactly the log that holds the change, and can elect nobody
 * without the vote of the one who leaves, which it must refuse to shorter logs (§4.2.2).
 */
function hasSeat({ configuration, log, id, commitIndex }: RaftState): boolean {
  if (isVoter(configuration, id)) return true;
  const { configurationIndex } = log;
  if (configurationIndex <= commitIndex) return false;
  return isVoter(log.configurationAt(configurationIndex - 1).configuration, id);
}

function otherVoters({ configuration, peers }: RaftState): readonly NodeId[] {
  return peers.filter((peer) => isVoter(configuration, peer));
}

function campaign(state: RaftState): void {
  becomePreCandidate(state);
  const { logIndex: lastLogIndex, term: lastLogTerm } = state.log.lastPosition;
  const term = state.currentTerm + 1;
  const { priority } = state.tuning;
  const about = { lastLogIndex, lastLogTerm, ...(priority > 0 && { priority }) };
  for (const peer of otherVoters(state)) send(state, peer, { kind: 'preVote', term, ...about });
  countPreVotes(state);
}

/** Thesis §9.6: would this node vote for `from`? */
export function onPreVote(state: RaftState, from: NodeId, request: PreVote): void {
  const isOwnBetter =
    !isLogUpToDate(state, request) || (isElectable(state) && isPreferredTo(state, request));
  const voteGranted =
    request.term > state.currentTerm &&
    state.promised === undefined &&
    !mustNotElect(state, from) &&
    !isOwnBetter;
  if (!mustNotElect(state, from) && isOwnBetter) hastenElection(state);
  const term = voteGranted ? request.term : state.currentTerm;
  send(state, from, { kind: 'preVoteReply', term, voteGranted });
}

/** Counts the answer to a pre-vote, or learns the term of a refusal. */
export function onPreVoteReply(state: RaftState, from: NodeId, reply: PreVoteReply): void {
  if (state.role.kind !== 'preCandidate') return;
  // A grant mirrors the term asked for; any other belongs to an earlier question.
  if (reply.voteGranted && reply.term !== state.currentTerm + 1) return;
  state.role.votes.set(from, reply.voteGranted);
  countPreVotes(state);
}

/** Thesis §3.10: an election without waiting or asking around, because the leader wants it. */
export function campaignAtOnce(state: RaftState): void {
  if (isElectable(state)) requestVotes(state, 'transfer');
}

function countPreVotes(state: RaftState): void {
  const { role } = state;
  if (role.kind !== 'preCandidate') return;
  const result = jointVoteResult(state.configuration, (voter) => role.votes.get(voter));
  if (result === 'lost') {
    yieldFromNowOn(state);
    becomeFollower(state, state.currentTerm);
  }
  if (result === 'won') requestVotes(state, 'preVoteWon');
}

function requestVotes(state: RaftState, reason: 'preVoteWon' | 'transfer'): void {
  becomeCandidate(state, reason);
  yieldFromNowOn(state);
  const isTransfer = reason === 'transfer';
  const { currentTerm: term } = state;
  const { logIndex: lastLogIndex, term: lastLogTerm } = state.log.lastPosition;
  for (const peer of otherVoters(state)) {
    // Withheld until the own vote is durable: a candidate that forgot it could win the same term
    // again after a crash, with other entries at the same places.
    sendWhenDurable(state, peer, {
      kind: 'requestVote',
      term,
      lastLogIndex,
      lastLogTerm,
      ...(isTransfer && { isTransfer }),
    });
  }
}

/** The own vote counts like any other: once it is durable. The wait for the others starts there. */
export function countOwnVote(state: RaftState): void {
  const { role } = state;
  if (role.kind !== 'candidate' || role.votes.has(state.id)) return;
  if (!isHardStateDurable(state)) return;
  role.votes.set(state.id, true);
  restartElectionTimer(state);
  countVotes(state);
}

/** Figure 2, RequestVote RPC, receiver implementation. `request.term` is at most `currentTerm`. */
export function onRequestVote(state: RaftState, from: NodeId, request: RequestVote): void {
  const { currentTerm: term, votedFor } = state;
  const isFree = votedFor === undefined || votedFor === from;
  const voteGranted =
    request.term === term &&
    isFree &&
    state.leaderId === undefined &&
    (request.isTransfer === true || !isBoundByLease(state, from)) &&
    state.promised === undefined &&
    isLogUpToDate(state, request);
  if (!voteGranted) {
    send(state, from, { kind: 'requestVoteReply', term, voteGranted });
    return;
  }
  invariant(state.role.kind !== 'leader', 'a leader has no free vote');
  state.votedFor = from;
  // Granting a vote restarts the election timer, refusing one does not (Figure 2, Followers).
  restartElectionTimer(state);
  sendWhenDurable(state, from, { kind: 'requestVoteReply', term, voteGranted });
}

/** Counts a vote of the current election. `reply.term` is `currentTerm`. */
export function onRequestVoteReply(state: RaftState, from: NodeId, reply: RequestVoteReply): void {
  if (state.role.kind !== 'candidate') return;
  state.role.votes.set(from, reply.voteGranted);
  countVotes(state);
}

function countVotes(state: RaftState): void {
  const { role } = state;
  if (role.kind !== 'candidate') return;
  const result = jointVoteResult(state.configuration, (voter) => role.votes.get(voter));
  if (result === 'lost') becomeFollower(state, state.currentTerm);
  if (result !== 'won') return;
  invariant(role.votes.get(state.id) === true, 'votes are asked for with a durable vote');
  const leader = becomeLeader(state);
  appendNoop(state, leader);
}

/**
 * Thesis §4.2.3: whether a leader is known to have been alive within the minimum election timeout.
 * The leader itself is always sure, for it checks its quorum.
 *
 * @param except - Asks for votes, so if it was the leader, it leads no more.
 */
function hearsLeader(state: RaftState, except: NodeId): boolean {
  if (state.leaderId === undefined || state.leaderId === except) return false;
  return state.electionElapsedTicks < state.tuning.electionTimeoutTicks;
}

/** Whether `candidate` gets no vote because another leads, or may count on leading. */
export function mustNotElect(state: RaftState, candidate: NodeId): boolean {
  return hearsLeader(state, candidate) || isBoundByLease(state, candidate);
}

/** §5.4.1: a vote goes only to a log at least as up to date as one's own. */
function isLogUpToDate(
  state: RaftState,
  request: { readonly lastLogIndex: number; readonly lastLogTerm: number },
): boolean {
  const theirs = { logIndex: request.lastLogIndex, term: request.lastLogTerm };
  return state.log.isUpToDate(theirs);
}
