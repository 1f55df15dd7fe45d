import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import {
  isEdgeKind,
  isEdgeMessage,
  type NodeMessage,
  readEdgeMessage,
  writeEdgeMessage,
} from './codec/edge-messages.ts';
import { readEntries, writeEntries } from './codec/entries.ts';
import { kindOf, sinceVersion, tagOf } from './codec/kinds.ts';
import {
  readForwardProposal,
  readForwardReply,
  writeForwardProposal,
  writeForwardReply,
} from './codec/forwarding.ts';
import { readFlag, writeFlag } from './codec/primitives.ts';
import {
  readReadIndexReply,
  readReadIndexRequest,
  writeReadIndexReply,
  writeReadIndexRequest,
} from './codec/reads.ts';
import {
  readFetchedEntries,
  readFetchEntries,
  writeFetchedEntries,
  writeFetchEntries,
} from './codec/repair.ts';
import {
  readSnapshot,
  readSnapshotChunk,
  readSnapshotChunkReply,
  writeSnapshot,
  writeSnapshotChunk,
  writeSnapshotChunkReply,
} from './codec/snapshot.ts';
import { invariant } from './invariant.ts';
import type {
  AppendEntries,
  AppendEntriesReply,
  PreVote,
  RaftMessage,
  RequestVote,
} from './messages.ts';
import {
  type MessageVersions,
  messageVersions,
  type ProtocolVersions,
  protocolVersions,
} from './protocol-version.ts';

/**
 * Raft's messages as bytes. All numbers but the first three bytes are varints (LEB128).
 *
 * ```text
 *   written in │ sender speaks │ kind │ term │ …                every message; the first three
 *                                                               one byte: see protocol-version.ts
 *
 *   1 preVote               lastLogIndex lastLogTerm priority   priority from version 2 on
 *   2 preVoteReply          granted                             one byte, 0 or 1
 *   3 requestVote           lastLogIndex lastLogTerm transfer   one byte, 0 or 1
 *   4 requestVoteReply      granted
 *   5 appendEntries         prevLogIndex prevLogTerm leaderCommit count entry…
 *                           entry: (term - term before) kind length payload
 *   6 appendEntriesReply    0 matchIndex │ 1 prevLogIndex hintIndex hintTerm
 *   7 heartbeat             leaderCommit round
 *   8 heartbeatReply        round
 *   9 installSnapshot       see codec/snapshot.ts
 *  10 installSnapshotReply  matchIndex
 *  11 timeoutNow
 *  12 readIndexRequest      see codec/reads.ts
 *  13 readIndexReply        see codec/reads.ts
 *  14 forwardProposal       see codec/forwarding.ts
 *  15 forwardReply          see codec/forwarding.ts
 *  16 quiesce               see codec/quiesce.ts; not in `raftCodec`
 *  20 snapshotChunk         see codec/snapshot.ts
 *  21 snapshotChunkReply    see codec/snapshot.ts
 *  26 introduce             see codec/identity.ts; without a term, and not in `raftCodec`
 *  27 introduceReply        see codec/identity.ts; likewise
 *  28 fetchEntries          see codec/repair.ts
 *  29 fetchedEntries        see codec/repair.ts
 *  30 stateHash             see codec/state-hash.ts; like 26 and 27
 * ```
 *
 * Entries carry no index, because they follow `prevLogIndex` without a gap, and only the rise of
 * their term, because terms never fall along a log: what breaks these two rules cannot be written
 * down. What can be and is still impossible (a term above the message's, a position of index 0 in
 * a term, an index above 2^53-1) is refused by `decode`, so that the core never meets it.
 */

const writer = new ByteWriter(1_024);

/** The first protocol version whose pre-votes say a priority. */
const PRIORITY_SINCE = 2;

/**
 * Turns Raft's messages into bytes of the newest protocol version, and bytes of all versions back.
 * Binary, versioned, canonical.
 *
 * @remarks
 * `encode` throws `RangeError` for a number that is no integer in 0..2^53-1. `decode` copies the
 * bytes once; the payloads of one message are views of that copy and keep it alive together.
 * O(size) time and memory either way.
 *
 * @example
 * ```ts
 * import { raftCodec } from '@quorate/raft';
 *
 * const bytes = raftCodec.encode({ kind: 'heartbeat', term: 3, leaderCommit: 300, round: 7 });
 * Array.from(bytes); // => [2, 2, 7, 3, 172, 2, 7]
 * ```
 */
export const raftCodec: Codec<RaftMessage> = {
  encode: (message) =>
    encodeIn({ written: protocolVersions.max, spoken: protocolVersions.max }, message).slice(),
  decode(bytes) {
    const message = decodeWithin(protocolVersions, bytes);
    if (isEdgeMessage(message)) throw new DecodeError(`kind: expected Raft's, got ${message.kind}`);
    return message;
  },
};

/**
 * The bytes of `message` in the version `written`, by a node that speaks `spoken` at best.
 *
 * Borrowed until the next call: a transport has copied or sent them when `send` returns.
 */
export function encodeIn({ written, spoken }: MessageVersions, message: NodeMessage): Uint8Array {
  invariant(sinceVersion(message.kind) <= written, 'a message is written in a version that has it');
  // What an encoding that failed in the middle left behind.
  writer.reset();
  writer.u8(written);
  writer.u8(spoken);
  writer.u8(tagOf(message.kind));
  if (isEdgeMessage(message)) {
    writeEdgeMessage(writer, message);
  } else {
    writer.varint(message.term);
    writeBody(message, written);
  }
  return writer.view();
}

/**
 * The message in `bytes`, for a node that speaks `versions`.
 *
 * @throws DecodeError if they are none, or written in another version.
 */
export function decodeWithin({ min, max }: ProtocolVersions, bytes: Uint8Array): NodeMessage {
  const head = messageVersions(bytes);
  if (head === undefined) throw new DecodeError('versions: expected two from 1 on, got others');
  if (head.written < min || head.written > max) {
    throw new DecodeError(`version: expected ${min}..${max}, got ${head.written}`);
  }
  const reader = new ByteReader(bytes);
  reader.bytes(2);
  const tag = reader.u8();
  const kind = kindOf(tag);
  if (kind === undefined || sinceVersion(kind) > head.written) {
    throw new DecodeError(`kind: expected one of version ${head.written}, got ${tag}`);
  }
  const message = isEdgeKind(kind)
    ? readEdgeMessage(reader, kind)
    : readBody(reader, kind, reader.varint(), head.written);
  reader.expectEnd();
  return message;
}

function writeBody(message: RaftMessage, written: number): void {
  switch (message.kind) {
    case 'preVote':
    case 'requestVote':
      writer.varint(message.lastLogIndex);
      writer.varint(message.lastLogTerm);
      if (message.kind === 'requestVote') writeFlag(writer, message.isTransfer === true);
      else if (written >= PRIORITY_SINCE) writer.varint(message.priority ?? 0);
      return;
    case 'preVoteReply':
    case 'requestVoteReply':
      writeFlag(writer, message.voteGranted);
      return;
    case 'appendEntries':
      writeAppendEntries(message);
      return;
    case 'appendEntriesReply':
      writeAppendResult(message.result);
      return;
    case 'heartbeat':
      writer.varint(message.leaderCommit);
      writer.varint(message.round);
      return;
    case 'heartbeatReply':
      writer.varint(message.round);
      return;
    case 'installSnapshot':
      writeSnapshot(writer, message.snapshot);
      return;
    case 'installSnapshotReply':
      writer.varint(message.matchIndex);
      return;
    case 'timeoutNow':
      return;
    case 'readIndexRequest':
      writeReadIndexRequest(writer, message);
      return;
    case 'readIndexReply':
      writeReadIndexReply(writer, message);
      return;
    case 'forwardProposal':
      writeForwardProposal(writer, message);
      return;
    case 'forwardReply':
      writeForwardReply(writer, message);
      return;
    case 'snapshotChunk':
      writeSnapshotChunk(writer, message);
      return;
    case 'snapshotChunkReply':
      writeSnapshotChunkReply(writer, message);
      return;
    case 'fetchEntries':
      writeFetchEntries(writer, message);
      return;
    case 'fetchedEntries':
      writeFetchedEntries(writer, message);
      return;
  }
}

function readBody(
  reader: ByteReader,
  kind: RaftMessage['kind'],
  term: number,
  written: number,
): RaftMessage {
  switch (kind) {
    case 'preVote':
    case 'requestVote':
      return readVoteRequest(reader, kind, term, written);
    case 'preVoteReply':
    case 'requestVoteReply':
      return { kind, term, voteGranted: readFlag(reader) };
    case 'appendEntries':
      return readAppendEntries(reader, term);
    case 'appendEntriesReply':
      return { kind, term, result: readAppendResult(reader) };
    case 'heartbeat':
      return { kind, term, leaderCommit: reader.varint(), round: reader.varint() };
    case 'heartbeatReply':
      return { kind, term, round: reader.varint() };
    case 'installSnapshot':
      return { kind, term, snapshot: readSnapshot(reader, term) };
    case 'installSnapshotReply':
      return { kind, term, matchIndex: reader.varint() };
    case 'timeoutNow':
      return { kind, term };
    case 'readIndexRequest':
      return readReadIndexRequest(reader, term);
    case 'readIndexReply':
      return readReadIndexReply(reader, term);
    case 'forwardProposal':
      return readForwardProposal(reader, term);
    case 'forwardReply':
      return readForwardReply(reader, term);
    case 'snapshotChunk':
      return readSnapshotChunk(reader, term);
    case 'snapshotChunkReply':
      return readSnapshotChunkReply(reader, term);
    case 'fetchEntries':
      return readFetchEntries(reader, term);
    case 'fetchedEntries':
      return readFetchedEntries(reader, term);
  }
}

function readVoteRequest(
  reader: ByteReader,
  kind: 'preVote' | 'requestVote',
  term: number,
  written: number,
): PreVote | RequestVote {
  const lastLogIndex = reader.varint();
  const lastLogTerm = reader.varint();
  checkPosition('lastLog', lastLogIndex, lastLogTerm, term);
  if (kind === 'preVote') {
    const priority = written >= PRIORITY_SINCE ? reader.varint() : 0;
    return { kind, term, lastLogIndex, lastLogTerm, ...(priority > 0 && { priority }) };
  }
  const isTransfer = readFlag(reader);
  return { kind, term, lastLogIndex, lastLogTerm, ...(isTransfer && { isTransfer }) };
}

function writeAppendEntries(message: AppendEntries): void {
  const { prevLogIndex, prevLogTerm, leaderCommit, entries } = message;
  writer.varint(prevLogIndex);
  writer.varint(prevLogTerm);
  writer.varint(leaderCommit);
  writeEntries(writer, prevLogTerm, entries);
}

function readAppendEntries(reader: ByteReader, term: number): AppendEntries {
  const prevLogIndex = reader.varint();
  const prevLogTerm = reader.varint();
  const leaderCommit = reader.varint();
  checkPosition('prevLog', prevLogIndex, prevLogTerm, term);
  const entries = readEntries(reader, prevLogIndex, prevLogTerm, term);
  return { kind: 'appendEntries', term, prevLogIndex, prevLogTerm, leaderCommit, entries };
}

function writeAppendResult(result: AppendEntriesReply['result']): void {
  if (result.kind === 'accepted') {
    writer.u8(0);
    writer.varint(result.matchIndex);
    return;
  }
  writer.u8(1);
  writer.varint(result.prevLogIndex);
  writer.varint(result.hintIndex);
  writer.varint(result.hintTerm);
}

function readAppendResult(reader: ByteReader): AppendEntriesReply['result'] {
  if (!readFlag(reader)) return { kind: 'accepted', matchIndex: reader.varint() };
  const prevLogIndex = reader.varint();
  const hintIndex = reader.varint();
  if (hintIndex > prevLogIndex) {
    throw new DecodeError(`hintIndex: expected at most ${prevLogIndex}, got ${hintIndex}`);
  }
  return { kind: 'rejected', prevLogIndex, hintIndex, hintTerm: reader.varint() };
}

/** Index 0 is before the first entry and has term 0; every other index has a term from 1 on. */
function checkPosition(name: string, logIndex: number, logTerm: number, term: number): void {
  if ((logIndex === 0) !== (logTerm === 0)) {
    throw new DecodeError(
      `${name}: expected index and term to be both 0 or neither, ` +
        `got ${logIndex} and ${logTerm}`,
    );
  }
  if (logTerm > term) {
    throw new DecodeError(`${name}: expected a term of at most ${term}, got ${logTerm}`);
  }
}
