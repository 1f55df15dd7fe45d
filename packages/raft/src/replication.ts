import type { NodeId } from '@quorate/transport';

import { commitTo } from './commitment.ts';
import { restartElectionTimer } from './election-timer.ts';
import { invariant } from './invariant.ts';
import { adoptConfiguration } from './membership.ts';
import type {
  AppendEntries,
  AppendEntriesReply,
  Entry,
  ForwardReply,
  Heartbeat,
  HeartbeatReply,
} from './messages.ts';
import { isStorageStalled, send, sendWhenDurable } from './persistence.ts';
import type { Progress } from './progress.ts';
import { jointIndex } from './quorum.ts';
import { isHoldingLater, isSnapshotWanted } from './repair.ts';
import { becomeFollower } from './roles.ts';
import { requestSnapshot } from './snapshot.ts';
import { entrySize, type Leadership, type RaftState } from './state.ts';
import { stepDown } from './transfer.ts';

/** Shared by all no-ops: nobody may write into a payload. */
const emptyPayload: Uint8Array = new Uint8Array(0);

/** §8: a leader starts its term with an entry of its own, which commits all that came before. */
export function appendNoop(state: RaftState, leader: Leadership): void {
  const logIndex = state.log.lastIndex + 1;
  const noop = { logIndex, term: state.currentTerm, kind: 'noop', payload: emptyPayload } as const;
  state.log.append([noop]);
  leader.uncommittedBytes += entrySize(noop);
}

/** Appends commands to the leader's log, all or none of them. */
export function appendCommands(
  state: RaftState,
  leader: Leadership,
  payloads: readonly Uint8Array[],
): ForwardReply['result'] {
  const { log, currentTerm: term } = state;
  if (leader.transfer !== undefined) return { kind: 'refused', reason: 'transferring' };
  const firstIndex = log.lastIndex + 1;
  const entries: Entry[] = [];
  let bytes = 0;
  for (const payload of payloads) {
    const logIndex = firstIndex + entries.length;
    const entry: Entry = { logIndex, term, kind: 'command', payload };
    entries.push(entry);
    bytes += entrySize(entry);
  }
  // One batch always fits into an empty window, or it could never be proposed.
  const isIdle = state.commitIndex === log.lastIndex;
  if (!isIdle && leader.uncommittedBytes + bytes > state.tuning.maxUncommittedBytes) {
    return { kind: 'refused', reason: 'tooManyUncommitted' };
  }
  leader.uncommittedBytes += bytes;
  log.append(entries);
  return { kind: 'proposed', firstIndex };
}

/** Ends a leader's step: sends every follower what it is ready for. */
export function replicate(state: RaftState, leader: Leadership): void {
  for (const [peer, progress] of leader.followers) replicateTo(state, peer, progress);
}

/** Says the commit index to every follower, also where entries are under way that would. */
export function announceCommit(state: RaftState, leader: Leadership): void {
  for (const progress of leader.followers.values()) progress.isCheckDue = true;
  replicate(state, leader);
}

function replicateTo(state: RaftState, peer: NodeId, progress: Progress): void {
  const { log, commitIndex } = state;
  if (progress.state === 'probe' && !progress.isWaiting) {
    sendAppend(state, peer, progress);
    return;
  }
  if (progress.state !== 'replicate') return;

  while (progress.nextIndex <= log.lastIndex && !progress.inflights.isFull) {
    if (!sendAppend(state, peer, progress)) return;
  }
  // What is under way will be answered, and the answer brings us back here: a message for the sake
  // of the commit index alone is worth it only when nothing else will carry it.
  const isCommitNews =
    progress.inflights.count === 0 &&
    commitIndex > progress.sentCommit &&
    progress.sentCommit < progress.nextIndex - 1;
  if (isCommitNews || progress.isCheckDue) sendEmptyAppend(state, peer, progress);
}

/** @returns Whether it was sent; if not, the follower needs a snapshot. */
function sendAppend(state: RaftState, peer: NodeId, progress: Progress): boolean {
  const { log, tuning } = state;
  const prevLogIndex = progress.nextIndex - 1;
  const prevLogTerm = log.termAt(prevLogIndex);
  if (prevLogTerm === undefined) {
    requestSnapshot(state, peer, progress);
    return false;
  }
  const entries =
    progress.nextIndex > log.lastIndex
      ? []
      : log.slice(progress.nextIndex, log.lastIndex, tuning.maxMessageBytes);
  const leaderCommit = state.commitIndex;
  send(state, peer, {
    kind: 'appendEntries',
    term: state.currentTerm,
    prevLogIndex,
    prevLogTerm,
    leaderCommit,
    entries,
  });
  progress.sentCommit = Math.max(
    progress.sentCommit,
    Math.min(leaderCommit, prevLogIndex + entries.length),
  );
  progress.isCheckDue = false;
  if (progress.state === 'probe') {
    progress.isWaiting = true;
  } else if (entries.length > 0) {
    progress.nextIndex += entries.length;
    progress.inflights.add(progress.nextIndex - 1, payloadBytes(entries));
  }
  return true;
}

/** Tells `peer` the commit index, and finds out whether the pipeline lost something. */
export function sendEmptyAppend(state: RaftState, peer: NodeId, progress: Progress): void {
  const { commitIndex: leaderCommit, currentTerm: term } = state;
  const prevLogIndex = progress.nextIndex - 1;
  progress.isCheckDue = false;
  const prevLogTerm = state.log.termAt(prevLogIndex);
  if (prevLogTerm === undefined) {
    requestSnapshot(state, peer, progress);
    return;
  }
  send(state, peer, {
    kind: 'appendEntries',
    term,
    prevLogIndex,
    prevLogTerm,
    leaderCommit,
    entries: [],
  });
  progress.sentCommit = Math.max(progress.sentCommit, Math.min(leaderCommit, prevLogIndex));
}

function payloadBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const { payload } of entries) bytes += payload.length;
  return bytes;
}

/** Figure 2, AppendEntries RPC, receiver implementation. `request.term` is `currentTerm`. */
export function onAppendEntries(state: RaftState, from: NodeId, request: AppendEntries): void {
  hearLeader(state, from);
  const { log, currentTerm: term } = state;
  const { prevLogIndex, prevLogTerm, entries, leaderCommit } = request;
  // What is compacted was committed and so cannot differ from the leader's (§5.4.3).
  const isKnown = prevLogIndex < log.start.logIndex || log.termAt(prevLogIndex) === prevLogTerm;
  if (isHoldingLater(state)) {
    // The repair gets what is missing, but for what the leader only has in its snapshot.
    if (isSnapshotWanted(state, isKnown)) rejectAppend(state, from, prevLogIndex, prevLogTerm);
    return;
  }
  if (!isKnown) {
    rejectAppend(state, from, prevLogIndex, prevLogTerm);
    return;
  }
  const place = log.firstMissing(entries);
  const missing = entries.slice(place);
  const first = missing[0];
  if (first !== undefined) {
    if (first.logIndex <= log.lastIndex) {
      invariant(first.logIndex > state.commitIndex, 'committed entries never conflict');
      log.truncateFrom(first.logIndex);
    }
    log.append(missing);
    adoptConfiguration(state);
  }
  // Exactly what the request spoke of: what follows in this log may be another leader's.
  const matchIndex = prevLogIndex + entries.length;
  commitTo(state, Math.min(leaderCommit, matchIndex));
  sendWhenDurable(state, from, {
    kind: 'appendEntriesReply',
    term,
    result: { kind: 'accepted', matchIndex },
  });
}

/** Says where the logs can still agree, so that the leader skips whole terms at once (§5.3). */
function rejectAppend(
  state: RaftState,
  to: NodeId,
  prevLogIndex: number,
  prevLogTerm: number,
): void {
  const hint = state.log.lastPositionWithin(prevLogIndex, prevLogTerm);
  send(state, to, {
    kind: 'appendEntriesReply',
    term: state.currentTerm,
    result: { kind: 'rejected', prevLogIndex, hintIndex: hint.logIndex, hintTerm: hint.term },
  });
}

/** Moves what the leader knows of `from`. `reply.term` is `currentTerm`. */
export function onAppendEntriesReply(
  state: RaftState,
  leader: Leadership,
  from: NodeId,
  { result }: AppendEntriesReply,
): void {
  const progress = leader.followers.get(from);
  if (progress === undefined) return;
  progress.isRecentlyActive = true;
  const { log } = state;
  if (result.kind === 'rejected') {
    const { prevLogIndex, hintIndex, hintTerm } = result;
    const couldMatch = log.lastPositionWithin(hintIndex, hintTerm);
    progress.rejected(prevLogIndex, couldMatch.logIndex);
    return;
  }
  // More than this leader ever had in its term cannot be meant for it.
  if (result.matchIndex > log.lastIndex) return;
  progress.accepted(result.matchIndex, log.firstIndex);
  progress.catchUp.onMatch(progress.matchIndex, log.lastIndex);
}

/** Starts a round of heartbeats. */
export function broadcastHeartbeat(state: RaftState, leader: Leadership): void {
  state.lastRound += 1;
  leader.heartbeatElapsedTicks = 0;
  if (state.clock !== undefined) leader.lease.begin(state.lastRound, state.clock);
  for (const [peer, progress] of leader.followers) {
    const leaderCommit = Math.min(progress.matchIndex, state.commitIndex);
    send(state, peer, {
      kind: 'heartbeat',
      term: state.currentTerm,
      leaderCommit,
      round: state.lastRound,
    });
  }
}

/** Keeps the leader in office and learns the commit index. `request.term` is `currentTerm`. */
export function onHeartbeat(state: RaftState, from: NodeId, request: Heartbeat): void {
  hearLeader(state, from);
  const { log, currentTerm: term } = state;
  const { leaderCommit, round } = request;
  send(state, from, { kind: 'heartbeatReply', term, round });
  if (leaderCommit > log.lastIndex && !isHoldingLater(state)) {
    // The leader counts on entries that this disk has lost since: let it ask again.
    rejectAppend(state, from, leaderCommit, term);
  }
  commitTo(state, Math.min(leaderCommit, log.lastIndex));
}

/** Recovers from lost messages. `reply.term` is `currentTerm`. */
export function onHeartbeatReply(
  state: RaftState,
  leader: Leadership,
  from: NodeId,
  reply: HeartbeatReply,
): void {
  const progress = leader.followers.get(from);
  if (progress === undefined || reply.round > state.lastRound) return;
  progress.isRecentlyActive = true;
  progress.ackedRound = Math.max(progress.ackedRound, reply.round);
  progress.isWaiting = false;
  // Where nobody writes, nothing but the heartbeat tells that a member still keeps up.
  progress.catchUp.onMatch(progress.matchIndex, state.log.lastIndex);
  progress.isCheckDue = progress.matchIndex < state.log.lastIndex;
}

/** The timers of a leader: heartbeats, the check of its quorum, snapshots without an answer. */
export function tickLeader(state: RaftState, leader: Leadership): void {
  state.electionElapsedTicks += 1;
  if (state.electionElapsedTicks >= state.tuning.electionTimeoutTicks) {
    state.electionElapsedTicks = 0;
    if (!checkQuorum(state, leader)) {
      becomeFollower(state, state.currentTerm);
      return;
    }
  }
  // The others commit what this disk cannot store, so they can do without this leader; while they
  // cannot, another leader would be no better, and reads at least go on.
  if (isStorageStalled(state) && state.commitIndex > state.log.durableIndex) {
    stepDown(state, leader);
    return;
  }
  for (const progress of leader.followers.values()) {
    progress.catchUp.tick();
    if (progress.state !== 'snapshot') continue;
    progress.snapshotTicks += 1;
    if (progress.snapshotTicks < state.tuning.snapshotTimeoutTicks) continue;
    progress.becomeProbe(Math.max(progress.matchIndex, progress.pendingSnapshotIndex) + 1);
  }
  leader.heartbeatElapsedTicks += 1;
  if (leader.heartbeatElapsedTicks >= state.tuning.heartbeatTicks) {
    broadcastHeartbeat(state, leader);
  }
}

/** Thesis §6.2: a leader that heard no majority since the last check leads no more. */
function checkQuorum(state: RaftState, leader: Leadership): boolean {
  const reached = jointIndex(state.configuration, (voter) => {
    const isActive = voter === state.id || leader.followers.get(voter)?.isRecentlyActive === true;
    return isActive ? 1 : 0;
  });
  for (const progress of leader.followers.values()) progress.isRecentlyActive = false;
  return reached >= 1;
}

/** Any word of the term's leader ends candidacies and restarts the election timer (§5.2). */
export function hearLeader(state: RaftState, from: NodeId): void {
  invariant(state.role.kind !== 'leader', 'a term has one leader');
  invariant(state.leaderId === undefined || state.leaderId === from, 'a term has one leader');
  if (state.role.kind !== 'follower') becomeFollower(state, state.currentTerm, from);
  state.leaderId = from;
  state.lastLeaderId = from;
  state.ticksSinceLeader = 0;
  restartElectionTimer(state);
}

/** `peer` lives under a new incarnation, and may have come back with less than it had. */
export function onPeerRestarted(state: RaftState, leader: Leadership, peer: NodeId): void {
  leader.followers.get(peer)?.forget(state.log.lastIndex + 1);
}

/** What was under way to `peer` is probably lost: stop pipelining until it answers. */
export function onPeerUnreachable(leader: Leadership, peer: NodeId): void {
  const progress = leader.followers.get(peer);
  if (progress?.state !== 'replicate') return;
  progress.becomeProbe(progress.matchIndex + 1);
  progress.isWaiting = true;
}
