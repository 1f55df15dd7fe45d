import type { NodeId } from '@quorate/transport';

import { restartElectionTimer } from './election-timer.ts';
import { ForwardsTaken } from './forwards.ts';
import { invariant } from './invariant.ts';
import { Lease } from './lease.ts';
import { newProgress } from './membership.ts';
import { ReadQueue } from './read-queue.ts';
import { entrySize, type Leadership, type RaftState } from './state.ts';

/**
 * The transitions of Figure 4, with the pre-candidate of thesis §9.6 in between.
 *
 * ```text
 *              times out            majority would vote          majority votes
 *   follower ────────────► preCandidate ────────► candidate ────────► leader
 *      ▲ ▲ ▲     (same term)    │    (term rises,      │                 │
 *      │ │ └────────────────────┘     votes for itself) │                 │
 *      │ └──────────────────────────────────────────────┘                 │
 *      └──────────────────────────────────────────────────────────────────┘
 *        higher term seen, leader of the same term heard, election or quorum lost
 * ```
 */

/**
 * Follows `leaderId`, or nobody yet, in `term`.
 *
 * @param term - At least `currentTerm`. The vote is free again only in a higher one.
 *
 * @remarks Leaves the election timer alone: only the word of a leader or a vote granted restarts
 *   it (Figure 2, Followers), or a candidate nobody elects could keep all others quiet for ever.
 */
export function becomeFollower(state: RaftState, term: number, leaderId?: NodeId): void {
  invariant(term >= state.currentTerm, 'terms only rise');
  if (term > state.currentTerm) {
    state.currentTerm = term;
    state.votedFor = undefined;
  }
  if (state.role.kind === 'leader') {
    // Its timer measured the quorum until now.
    restartElectionTimer(state);
    for (const read of state.role.reads.drain()) {
      // Whoever asked from elsewhere asks the next leader.
      if (read.kind === 'remote') continue;
      const { readId } = read;
      state.effects.push({ kind: 'readRefused', readId, reason: 'leadershipLost' });
    }
    if (state.role.transfer !== undefined) {
      const { transferId } = state.role.transfer;
      state.effects.push({ kind: 'transferEnded', transferId, how: 'steppedDown' });
    }
  }
  state.role = { kind: 'follower' };
  state.leaderId = leaderId;
}

/** Asks around before disturbing anyone: no term rises, no vote is given (thesis §9.6). */
export function becomePreCandidate(state: RaftState): void {
  invariant(state.role.kind !== 'leader', 'a leader does not campaign');
  invariant(state.promised === undefined, 'a node that lost entries does not campaign');
  state.role = { kind: 'preCandidate', votes: new Map([[state.id, true]]) };
  state.leaderId = undefined;
  restartElectionTimer(state);
}

/**
 * §5.2: a new term, and the own vote in it, which counts once it is durable.
 *
 * @param reason - 'preVoteWon', or the leader's word, which makes asking around needless.
 */
export function becomeCandidate(state: RaftState, reason: 'preVoteWon' | 'transfer'): void {
  const before = reason === 'transfer' ? 'follower' : 'preCandidate';
  invariant(state.role.kind === before, 'an election starts with a won pre-vote or a transfer');
  invariant(state.promised === undefined, 'a node that lost entries does not campaign');
  invariant(Number.isSafeInteger(state.currentTerm + 1), 'terms stay safe integers');
  state.currentTerm += 1;
  state.votedFor = state.id;
  state.role = { kind: 'candidate', votes: new Map() };
  state.leaderId = undefined;
  restartElectionTimer(state);
}

/** §5.2, and Figure 2, volatile state on leaders. The caller appends the no-op of the term. */
export function becomeLeader(state: RaftState): Leadership {
  invariant(state.role.kind === 'candidate', 'only a candidate wins');
  invariant(state.votedFor === state.id, 'a leader voted for itself');
  const { log, tuning } = state;
  const followers = new Map(state.peers.map((peer) => [peer, newProgress(state)]));
  let uncommittedBytes = 0;
  for (let logIndex = state.commitIndex + 1; logIndex <= log.lastIndex; logIndex += 1) {
    const entry = log.entryAt(logIndex);
    invariant(entry !== undefined, 'uncommitted entries are in memory');
    uncommittedBytes += entrySize(entry);
  }
  const leader: Leadership = {
    kind: 'leader',
    followers,
    forwardsTaken: new ForwardsTaken(),
    reads: new ReadQueue(tuning.maxPendingReads),
    lease: new Lease(tuning),
    heartbeatElapsedTicks: 0,
    uncommittedBytes,
    transfer: undefined,
  };
  for (const readId of state.remoteReads.drain()) leader.reads.add({ kind: 'own', readId });
  state.role = leader;
  state.leaderId = state.id;
  restartElectionTimer(state);
  return leader;
}
