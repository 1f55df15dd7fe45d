import { hasCommittedInTerm } from './commitment.ts';
import type { ClockReading } from './effects.ts';
import { answeredRound, holdsLease } from './lease.ts';
import { broadcastHeartbeat } from './replication.ts';
import type { Leadership, RaftState } from './state.ts';

/** Takes in a read, or says why not. */
export function onReadIndex(state: RaftState, readId: number): void {
  const { role } = state;
  if (role.kind !== 'leader') {
    const reason = state.promised === undefined ? 'notLeader' : 'recovering';
    state.effects.push({ kind: 'readRefused', readId, reason });
    return;
  }
  if (role.reads.isFull) {
    state.effects.push({ kind: 'readRefused', readId, reason: 'tooManyReads' });
    return;
  }
  role.reads.add(readId);
}

/** Answers a read at once by the lease, or else like any other. */
export function onLeaseRead(state: RaftState, readId: number, now: ClockReading): void {
  if (!holdsLease(state, now)) {
    onReadIndex(state, readId);
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
  for (const { readId, readIndex } of leader.reads.confirm(round)) {
    state.effects.push({ kind: 'readReady', readId, readIndex });
  }
}
