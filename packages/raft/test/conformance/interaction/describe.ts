import type { NodeId } from '@quorate/transport';

import type { Configuration } from '../../../src/configuration.ts';
import type { Entry, RaftMessage, Snapshot } from '../../../src/messages.ts';
import type { Progress } from '../../../src/progress.ts';
import type { RaftState } from '../../../src/state.ts';
import { inOrder } from '../confchange.ts';
import type { Parcel, Ready, Shown } from './node.ts';

/** What etcd/raft calls an entry with a configuration: it shows the changes and not the result. */
export type EntryNames = (entry: Entry) => string | undefined;

/** An entry as etcd/raft prints it. */
export function describeEntry(entry: Entry, names: EntryNames): string {
  const { term, logIndex, kind, payload } = entry;
  const place = `${term}/${logIndex}`;
  if (kind === 'configuration') return `${place} ${names(entry) ?? 'EntryConfChangeV2'}`;
  return `${place} EntryNormal ${JSON.stringify(new TextDecoder().decode(payload))}`;
}

/** The names of the roles as etcd/raft prints them. */
export const roleNames = {
  follower: 'StateFollower',
  preCandidate: 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
} as const;

/** A configuration as etcd/raft prints that of a snapshot. */
function describeMembers(configuration: Configuration): string {
  const { voters, outgoingVoters, learners, nextLearners, autoLeave } = configuration;
  const list = (ids: readonly NodeId[]): string => `[${inOrder(ids).join(' ')}]`;
  return (
    `Voters:${list(voters)} VotersOutgoing:${list(outgoingVoters)} Learners:${list(learners)} ` +
    `LearnersNext:${list(nextLearners)} AutoLeave:${autoLeave}`
  );
}

/** A snapshot as etcd/raft prints it. */
function describeSnapshot(snapshot: Snapshot): string {
  const { lastIncludedIndex, lastIncludedTerm, configuration } = snapshot;
  const members = describeMembers(configuration);
  return `Index:${lastIncludedIndex} Term:${lastIncludedTerm} ConfState:${members}`;
}

/** What an output shows, as etcd/raft prints it. */
export function describeReady(ready: Ready, names: EntryNames): readonly string[] {
  const { before, now, entries, snapshot, committed, messages } = ready;
  const lines: string[] = [];
  if (before.lead !== now.lead || before.role !== now.role) {
    lines.push(`Lead:${now.lead ?? 0} State:${roleNames[now.role]}`);
  }
  if (isHardStateNew(before, now)) lines.push(`HardState ${describeHardState(now)}`);
  if (entries.length > 0) {
    lines.push('Entries:', ...entries.map((entry) => describeEntry(entry, names)));
  }
  if (snapshot !== undefined) lines.push(`Snapshot ${describeSnapshot(snapshot)}`);
  if (committed.length > 0) {
    lines.push('CommittedEntries:', ...committed.map((entry) => describeEntry(entry, names)));
  }
  if (messages.length > 0) {
    lines.push('Messages:', ...messages.flatMap((parcel) => describeParcel(parcel, names)));
  }
  if (lines.length === 0) return ['<empty Ready>'];
  const mustSync = entries.length > 0 || before.term !== now.term || before.vote !== now.vote;
  return [`Ready MustSync=${mustSync}:`, ...lines];
}

function isHardStateNew(before: Shown, now: Shown): boolean {
  return before.term !== now.term || before.vote !== now.vote || before.commit !== now.commit;
}

function describeHardState({ term, vote, commit }: Shown): string {
  return `Term:${term}${vote === undefined ? '' : ` Vote:${vote}`} Commit:${commit}`;
}

/** What etcd/raft calls each kind of message. */
export const messageNames: Readonly<Record<RaftMessage['kind'], string>> = {
  preVote: 'MsgPreVote',
  preVoteReply: 'MsgPreVoteResp',
  requestVote: 'MsgVote',
  requestVoteReply: 'MsgVoteResp',
  appendEntries: 'MsgApp',
  appendEntriesReply: 'MsgAppResp',
  heartbeat: 'MsgHeartbeat',
  heartbeatReply: 'MsgHeartbeatResp',
  installSnapshot: 'MsgSnap',
  installSnapshotReply: 'MsgAppResp',
  timeoutNow: 'MsgTimeoutNow',
  forwardProposal: 'MsgProp',
  forwardReply: 'MsgPropResp',
  readIndexRequest: 'MsgReadIndex',
  readIndexReply: 'MsgReadIndexResp',
  snapshotChunk: 'MsgSnapChunk',
  snapshotChunkReply: 'MsgSnapChunkResp',
  fetchEntries: 'MsgFetch',
  fetchedEntries: 'MsgFetchResp',
};

/** A message as etcd/raft prints it, in one line or several. */
export function describeParcel(
  { from, to, message }: Parcel,
  names: EntryNames,
): readonly string[] {
  const head = `${from}->${to} ${messageNames[message.kind]} Term:${message.term}`;
  const { place, rest = '', more = [] } = bodyOf(message, names);
  return [`${head} Log:${place}${rest}`, ...more];
}

interface Body {
  /** Term and index. */
  readonly place: string;
  readonly rest?: string;
  /** Further lines. */
  readonly more?: readonly string[];
}

function bodyOf(message: RaftMessage, names: EntryNames): Body {
  switch (message.kind) {
    case 'preVote':
    case 'requestVote':
      return { place: `${message.lastLogTerm}/${message.lastLogIndex}` };
    case 'preVoteReply':
    case 'requestVoteReply':
      return { place: '0/0', rest: message.voteGranted ? '' : ' Rejected (Hint: 0)' };
    case 'appendEntries':
      return appendBody(message, names);
    case 'appendEntriesReply': {
      const { result } = message;
      if (result.kind === 'accepted') return { place: `0/${result.matchIndex}` };
      const { hintTerm, prevLogIndex, hintIndex } = result;
      const place = `${hintTerm}/${prevLogIndex}`;
      return { place, rest: ` Rejected (Hint: ${hintIndex})` };
    }
    case 'heartbeat':
      return { place: '0/0', rest: commitOf(message.leaderCommit) };
    case 'heartbeatReply':
    case 'timeoutNow':
    case 'forwardProposal':
    case 'forwardReply':
    case 'readIndexRequest':
    case 'readIndexReply':
      return { place: '0/0' };
    case 'installSnapshot':
      return { place: '0/0', more: [`  Snapshot: ${describeSnapshot(message.snapshot)}`] };
    case 'installSnapshotReply':
      return { place: `0/${message.matchIndex}` };
    case 'snapshotChunk':
    case 'snapshotChunkReply':
    case 'fetchEntries':
    case 'fetchedEntries':
      // A matter of the carrier; etcd/raft leaves it to its host, and so do these files.
      return { place: '0/0' };
  }
}

function appendBody(
  message: Extract<RaftMessage, { kind: 'appendEntries' }>,
  names: EntryNames,
): Body {
  const { prevLogTerm, prevLogIndex, leaderCommit, entries } = message;
  const place = `${prevLogTerm}/${prevLogIndex}`;
  const commit = commitOf(leaderCommit);
  const texts = entries.map((entry) => describeEntry(entry, names));
  if (texts.length === 0) return { place, rest: commit };
  if (texts.length === 1) return { place, rest: `${commit} Entries:[${texts.join()}]` };
  const more = [...texts.map((text) => `  ${text}`), ']'];
  return { place, rest: `${commit} Entries:[`, more };
}

function commitOf(logIndex: number): string {
  return logIndex === 0 ? '' : ` Commit:${logIndex}`;
}

/** What a leader knows of every member, itself included, as etcd/raft prints it. */
export function describeStatus(raft: RaftState): readonly string[] {
  const { role, log, id, configuration } = raft;
  if (role.kind !== 'leader') return [];
  const isLearner = (member: NodeId): boolean => configuration.learners.includes(member);
  const lines = new Map<NodeId, string>();
  for (const [peer, progress] of role.followers) {
    lines.set(peer, describeProgress(progress, isLearner(peer)));
  }
  const isMember = raft.configuration.voters.includes(id) || isLearner(id);
  if (isMember || configuration.outgoingVoters.includes(id)) {
    // It sends itself nothing, so what comes next for it is what follows its own disk.
    const own = `StateReplicate match=${log.durableIndex} next=${log.durableIndex + 1}`;
    lines.set(id, own + (isLearner(id) ? ' learner' : ''));
  }
  return inOrder([...lines.keys()]).map((member) => {
    const line = [...lines].find(([other]) => other === member);
    return `${member}: ${line?.[1] ?? ''}`;
  });
}

function describeProgress(progress: Progress, isLearner: boolean): string {
  const { state, matchIndex, nextIndex, isWaiting, inflights, pendingSnapshotIndex } = progress;
  const names = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' };
  const parts = [`${names[state]} match=${matchIndex} next=${nextIndex}`];
  if (isLearner) parts.push('learner');
  const isPaused = state === 'snapshot' || isWaiting || (state === 'replicate' && inflights.isFull);
  if (isPaused) parts.push('paused');
  if (pendingSnapshotIndex > 0) parts.push(`pendingSnap=${pendingSnapshotIndex}`);
  if (!progress.isRecentlyActive) parts.push('inactive');
  if (inflights.count > 0) {
    parts.push(`inflight=${inflights.count}${inflights.isFull ? '[full]' : ''}`);
  }
  return parts.join(' ');
}
