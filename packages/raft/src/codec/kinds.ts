import type { NodeMessage } from './edge-messages.ts';

/** A kind of message. */
export type MessageKind = NodeMessage['kind'];

/**
 * The table of all messages: what stands for a kind on the wire, and the protocol version that
 * brought it. A peer of an older version is never sent it. Numbers are never given twice, and
 * version 1 is frozen: what is new belongs to the version in the making, `protocolVersions.max`.
 */
const kinds = [
  ['preVote', 1, 1],
  ['preVoteReply', 2, 1],
  ['requestVote', 3, 1],
  ['requestVoteReply', 4, 1],
  ['appendEntries', 5, 1],
  ['appendEntriesReply', 6, 1],
  ['heartbeat', 7, 1],
  ['heartbeatReply', 8, 1],
  ['installSnapshot', 9, 1],
  ['installSnapshotReply', 10, 1],
  ['timeoutNow', 11, 1],
  ['readIndexRequest', 12, 2],
  ['readIndexReply', 13, 2],
  ['forwardProposal', 14, 2],
  ['forwardReply', 15, 2],
  ['quiesce', 16, 2],
  ['snapshotChunk', 20, 1],
  ['snapshotChunkReply', 21, 1],
  ['introduce', 26, 2],
  ['introduceReply', 27, 2],
  ['fetchEntries', 28, 2],
  ['fetchedEntries', 29, 2],
  ['stateHash', 30, 2],
] as const satisfies readonly (readonly [kind: MessageKind, tag: number, since: number])[];

/** Every kind, in the order of the table. */
export const messageKinds: readonly MessageKind[] = kinds.map(([kind]) => kind);

const tagByKind: ReadonlyMap<MessageKind, number> = new Map(
  kinds.map(([kind, tag]) => [kind, tag] as const),
);
const kindByTag: ReadonlyMap<number, MessageKind> = new Map(
  kinds.map(([kind, tag]) => [tag, kind] as const),
);
const sinceByKind: ReadonlyMap<MessageKind, number> = new Map(
  kinds.map(([kind, , since]) => [kind, since] as const),
);

/** What stands for `kind` on the wire. */
export function tagOf(kind: MessageKind): number {
  return tagByKind.get(kind) ?? 0;
}

/** What `tag` stands for; `undefined` if nothing that this version knows. */
export function kindOf(tag: number): MessageKind | undefined {
  return kindByTag.get(tag);
}

/** The first protocol version that has `kind`. */
export function sinceVersion(kind: MessageKind): number {
  return sinceByKind.get(kind) ?? Infinity;
}
