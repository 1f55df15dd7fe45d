import type { NodeId } from '@quorate/transport';

import { commitTo } from './commitment.ts';
import { invariant } from './invariant.ts';
import { adoptConfiguration } from './membership.ts';
import type {
  InstallSnapshot,
  InstallSnapshotReply,
  SnapshotChunk,
  SnapshotChunkReply,
  SnapshotMetadata,
} from './messages.ts';
import { sendWhenDurable } from './persistence.ts';
import type { Progress } from './progress.ts';
import { repairBehindSnapshot } from './repair.ts';
import { entrySize, type Leadership, type RaftState } from './state.ts';

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

  const throughIndex = compactableIndex(state, logIndex - trailingEntryCount);
  if (throughIndex <= log.start.logIndex) return;
  log.compact(throughIndex);
  const throughTerm = log.start.term;
  state.effects.push({ kind: 'compact', throughIndex, throughTerm });
}

/**
 * `wantedIndex`, or less: so much that followers which were sent a snapshot find the log after it,
 * as far as that fits `maxRetainedBytes`.
 *
 * A snapshot takes time to travel, and so do the entries after it. A leader that compacts them
 * meanwhile has to send another snapshot, which takes as long, and so on for ever.
 */
function compactableIndex(state: RaftState, wantedIndex: number): number {
  const { role } = state;
  if (role.kind !== 'leader') return wantedIndex;
  let neededIndex = wantedIndex;
  let retainableIndex: number | undefined;
  for (const progress of role.followers.values()) {
    const { snapshotIndex, isRecentlyActive } = progress;
    if (snapshotIndex === 0) continue;
    const isTravelling = progress.state === 'snapshot';
    const hasIndex = isTravelling ? snapshotIndex : Math.max(snapshotIndex, progress.matchIndex);
    if (hasIndex >= wantedIndex && !isTravelling) progress.snapshotIndex = 0;
    // Who lacks more than can be kept gets another snapshot anyway.
    retainableIndex ??= retainableAfter(state, wantedIndex);
    const isServed = (isTravelling || isRecentlyActive) && hasIndex >= retainableIndex;
    if (isServed) neededIndex = Math.min(neededIndex, hasIndex);
  }
  return neededIndex;
}

/** The lowest index after which the entries up to `lastIndex` fit `maxRetainedBytes`. */
function retainableAfter({ log, tuning }: RaftState, lastIndex: number): number {
  let bytes = 0;
  for (let logIndex = lastIndex; logIndex > log.start.logIndex; logIndex -= 1) {
    const entry = log.entryAt(logIndex);
    bytes += entry === undefined ? 0 : entrySize(entry);
    if (bytes > tuning.maxRetainedBytes) return logIndex;
  }
  return log.start.logIndex;
}

/** `peer` needs entries that are compacted: it gets the newest snapshot instead. */
export function requestSnapshot(state: RaftState, peer: NodeId, progress: Progress): void {
  // Snapshots are large: none for a peer that is not there to take it.
  if (!progress.isRecentlyActive) return;
  // One that is on its way is sent to its end, while the log goes on from there.
  const isOnItsWay = progress.snapshotIndex >= state.log.start.logIndex;
  progress.becomeSnapshot(isOnItsWay ? progress.snapshotIndex : state.snapshot.logIndex);
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
      repairBehindSnapshot(state, state.snapshot);
    }
    commitTo(state, logIndex);
  }
  // What is committed matches every later leader's log.
  const matchIndex = Math.max(logIndex, state.commitIndex);
  sendWhenDurable(state, from, { kind: 'installSnapshotReply', term, matchIndex });
}

/** A piece of the leader's snapshot: to be stored, unless this node has all that it stands for. */
export function onSnapshotChunk(state: RaftState, from: NodeId, chunk: SnapshotChunk): void {
  const { snapshot, term } = chunk;
  const { lastIncludedIndex: logIndex, lastIncludedTerm } = snapshot;
  if (logIndex <= state.commitIndex || state.log.termAt(logIndex) === lastIncludedTerm) {
    onInstallSnapshot(state, from, { kind: 'installSnapshot', term, snapshot });
    return;
  }
  state.effects.push({ kind: 'storeChunk', from, chunk });
}

/** The follower takes the snapshot in: it is worth waiting for. `reply.term` is `currentTerm`. */
export function onSnapshotChunkReply(
  state: RaftState,
  leader: Leadership,
  from: NodeId,
  reply: SnapshotChunkReply,
): void {
  const progress = leader.followers.get(from);
  if (progress === undefined) return;
  progress.isRecentlyActive = true;
  progress.snapshotTicks = 0;
  state.effects.push({ kind: 'chunkAnswered', from, reply });
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
