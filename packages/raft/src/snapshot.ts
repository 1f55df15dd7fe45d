import type { NodeId } from '@quorate/transport';

import { commitTo } from './commitment.ts';
import { invariant } from './invariant.ts';
import { adoptConfiguration } from './membership.ts';
import type { InstallSnapshot, InstallSnapshotReply, SnapshotMetadata } from './messages.ts';
import { sendWhenDurable } from './persistence.ts';
import type { Progress } from './progress.ts';
import type { Leadership, RaftState } from './state.ts';

/** The user's snapshot is durable: drops the log it covers, but for a trail for slow followers. */
export function onSnapshotTaken(
  state: RaftState,
  metadata: SnapshotMetadata,
  trailingEntryCount: number,
): void {
  const { log } = state;
  const { lastIncludedIndex: logIndex, lastIncludedTerm: term } = metadata;
  invariant(logIndex <= state.lastApplied, 'a snapshot holds only what was applied');
  // A snapshot from the leader overtook the user's own.
  if (logIndex <= state.snapshot.logIndex) return;
  invariant(log.termAt(logIndex) === term, 'a snapshot stands for entries of this log');
  state.snapshot = { logIndex, term };

  const throughIndex = logIndex - trailingEntryCount;
  if (throughIndex <= log.start.logIndex) return;
  log.compact(throughIndex);
  const throughTerm = log.start.term;
  state.effects.push({ kind: 'compact', throughIndex, throughTerm });
}

/** `peer` needs entries that are compacted: it gets the newest snapshot instead. */
export function requestSnapshot(state: RaftState, peer: NodeId, progress: Progress): void {
  // Snapshots are large: none for a peer that is not there to take it.
  if (!progress.isRecentlyActive) return;
  progress.becomeSnapshot(state.snapshot.logIndex);
  state.effects.push({ kind: 'sendSnapshot', to: peer, term: state.currentTerm });
}

/** The caller sent the snapshot, or could not. A sent one is answered, or times out. */
export function onSnapshotSent(leader: Leadership, peer: NodeId, outcome: 'sent' | 'failed'): void {
  const progress = leader.followers.get(peer);
  if (progress?.state !== 'snapshot' || outcome === 'sent') return;
  progress.becomeProbe(progress.matchIndex + 1);
  // Until the next heartbeat's reply, or a failing snapshot would be asked for without end.
  progress.isWaiting = true;
}

/** Figure 13, InstallSnapshot RPC, receiver implementation. `request.term` is `currentTerm`. */
export function onInstallSnapshot(state: RaftState, from: NodeId, request: InstallSnapshot): void {
  const { log, currentTerm: term } = state;
  const { lastIncludedIndex: logIndex, lastIncludedTerm } = request.snapshot;
  if (logIndex > state.commitIndex) {
    // Step 6: a log that holds the snapshot's last entry keeps what follows and needs no restore.
    if (log.termAt(logIndex) !== lastIncludedTerm) {
      log.install(request.snapshot);
      adoptConfiguration(state);
      state.snapshot = { logIndex, term: lastIncludedTerm };
    }
    commitTo(state, logIndex);
  }
  // What is committed matches every later leader's log.
  const matchIndex = Math.max(logIndex, state.commitIndex);
  sendWhenDurable(state, from, { kind: 'installSnapshotReply', term, matchIndex });
}

/** Goes on with entries after the snapshot. `reply.term` is `currentTerm`. */
export function onInstallSnapshotReply(
  state: RaftState,
  leader: Leadership,
  from: NodeId,
  reply: InstallSnapshotReply,
): void {
  const progress = leader.followers.get(from);
  if (progress === undefined) return;
  progress.isRecentlyActive = true;
  if (reply.matchIndex > state.log.lastIndex) return;
  progress.accepted(reply.matchIndex, state.log.firstIndex);
}
