import { decodeWithin } from '../../src/codec.ts';
import { type EdgeMessage, isEdgeMessage } from '../../src/codec/edge-messages.ts';
import type { AppendEntries, RaftMessage } from '../../src/messages.ts';
import { protocolVersions } from '../../src/protocol-version.ts';

/**
 * A message in a few words, for charts: `append 5..7@3 after 4@2, commit 4` brings entries 5 to 7,
 * the last of them of term 3, to whoever has an entry of term 2 at 4. The message's own term stands
 * behind a `t`. What differs from one repetition to the next, and tells nobody anything, is left
 * out: the rounds of heartbeats.
 */
export function describeMessage(_protocol: string, payload: Uint8Array): string {
  const message = decodeWithin(protocolVersions, payload);
  return isEdgeMessage(message) ? edgeWordsOf(message) : wordsOf(message);
}

function edgeWordsOf(message: EdgeMessage): string {
  switch (message.kind) {
    case 'introduce':
      return `I am directory ${message.directoryId.slice(0, 4)}, boot ${message.bootCount}`;
    case 'introduceReply':
      return `introduction: ${message.verdict}`;
    case 'quiesce':
      return `rest, all up to ${message.lastLogIndex}`;
    case 'stateHash':
      return `digest of the state at ${message.logIndex}`;
  }
}

function wordsOf(message: RaftMessage): string {
  const { kind, term } = message;
  switch (kind) {
    case 'preVote':
      return `pre-vote? t${term}, last ${at(message.lastLogIndex, message.lastLogTerm)}`;
    case 'requestVote':
      return `vote? t${term}, last ${at(message.lastLogIndex, message.lastLogTerm)}`;
    case 'preVoteReply':
      return `pre-vote ${message.voteGranted ? 'granted' : 'refused'} t${term}`;
    case 'requestVoteReply':
      return `vote ${message.voteGranted ? 'granted' : 'refused'} t${term}`;
    case 'appendEntries':
      return appendWords(message);
    case 'appendEntriesReply': {
      const { result } = message;
      if (result.kind === 'accepted') return `has up to ${result.matchIndex}, t${term}`;
      const hint = at(result.hintIndex, result.hintTerm);
      return `no match at ${result.prevLogIndex}, try ${hint}, t${term}`;
    }
    case 'heartbeat':
      return `heartbeat t${term}, commit ${message.leaderCommit}`;
    case 'heartbeatReply':
      return `heard t${term}`;
    case 'installSnapshot': {
      const { lastIncludedIndex, lastIncludedTerm } = message.snapshot;
      return `snapshot ${at(lastIncludedIndex, lastIncludedTerm)}, t${term}`;
    }
    case 'installSnapshotReply':
      return `has snapshot, up to ${message.matchIndex}, t${term}`;
    case 'timeoutNow':
      return `lead now, t${term}`;
    case 'readIndexRequest':
      return `read index? request ${message.requestId}, t${term}`;
    case 'readIndexReply': {
      const { requestId, result } = message;
      const what = result.kind === 'confirmed' ? `is ${result.readIndex}` : 'refused';
      return `read index ${what}, request ${requestId}, t${term}`;
    }
    case 'forwardProposal':
      return `propose ${message.payloads.length}, forward ${message.forwardId}, t${term}`;
    case 'forwardReply': {
      const { forwardId, result } = message;
      const what = result.kind === 'proposed' ? `from ${result.firstIndex} on` : 'refused';
      return `proposed ${what}, forward ${forwardId}, t${term}`;
    }
    case 'snapshotChunk':
      return `snapshot ${message.snapshot.lastIncludedIndex} from ${message.offset}, t${term}`;
    case 'snapshotChunkReply':
      return `snapshot ${message.result} up to ${message.offset}, t${term}`;
    case 'fetchEntries': {
      const { prevLogIndex, prevLogTerm, toIndex, isFence } = message;
      const range = `${prevLogIndex + 1}..${toIndex} after ${at(prevLogIndex, prevLogTerm)}`;
      return `${isFence ? 'fence, ' : ''}need ${range}, t${term}`;
    }
    case 'fetchedEntries': {
      const { prevLogIndex, entries, isDefinite, isCompacted } = message;
      if (entries.length > 0) {
        return `give ${prevLogIndex + 1}..${prevLogIndex + entries.length}, t${term}`;
      }
      const why = isCompacted ? 'compacted' : isDefinite ? 'never had' : 'cannot give';
      return `${why} ${prevLogIndex + 1}, t${term}`;
    }
  }
}

function appendWords({
  term,
  prevLogIndex,
  prevLogTerm,
  leaderCommit,
  ...rest
}: AppendEntries): string {
  const last = rest.entries.at(-1);
  const range = last?.logIndex === prevLogIndex + 1 ? '' : `${prevLogIndex + 1}..`;
  const what = last === undefined ? 'nothing' : `${range}${at(last.logIndex, last.term)}`;
  return `append ${what} after ${at(prevLogIndex, prevLogTerm)}, t${term}, commit ${leaderCommit}`;
}

function at(logIndex: number, term: number): string {
  return `${logIndex}@${term}`;
}
