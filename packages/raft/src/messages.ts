import type { Configuration } from './configuration.ts';

/**
 * What an entry carries. 'noop' starts a leader's term (§8), 'command' is the user's,
 * 'configuration' says who takes part from here on (thesis §4.1).
 */
export type EntryKind = 'noop' | 'command' | 'configuration';

/** One position of the replicated log. */
export interface Entry {
  /** From 1, as in the paper. */
  readonly logIndex: number;
  /** The term of the leader that created it. */
  readonly term: number;
  readonly kind: EntryKind;
  /** Of a command, opaque to Raft; of a 'configuration', as `configurationCodec`; else empty. */
  readonly payload: Uint8Array;
}

/** An entry's place without its content; `{ logIndex: 0, term: 0 }` stands before the first. */
export interface LogPosition {
  readonly logIndex: number;
  readonly term: number;
}

/** What a snapshot stands for (§7). */
export interface SnapshotMetadata {
  /** The snapshot replaces the log up to and including this index. */
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** The configuration in force at `lastIncludedIndex`, and where its entry stands, or 0. */
  readonly configuration: Configuration;
  readonly configurationIndex: number;
}

/** A snapshot as it reaches a node. */
export interface Snapshot extends SnapshotMetadata {
  /** The bytes of the state machine. Left out where they were stored piece by piece. */
  readonly data?: Uint8Array;
}

/** Everything Raft nodes say to each other. Every message carries its sender's term (§5.1). */
export type RaftMessage =
  | PreVote
  | PreVoteReply
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | Heartbeat
  | HeartbeatReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndexRequest
  | ReadIndexReply
  | ForwardProposal
  | ForwardReply
  | SnapshotChunk
  | SnapshotChunkReply
  | FetchEntries
  | FetchedEntries;

/** Asks whether an election at `term` could be won, before anyone's term rises (thesis §9.6). */
export interface PreVote {
  readonly kind: 'preVote';
  /** The term the sender would campaign in: one above its own. */
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The sender's own, if not 0. Version 1 does not say it. */
  readonly priority?: number;
}

/** Granted: `term` mirrors the request. Refused: `term` is the replier's own, so it teaches. */
export interface PreVoteReply {
  readonly kind: 'preVoteReply';
  readonly term: number;
  readonly voteGranted: boolean;
}

/** Figure 2, RequestVote RPC. */
export interface RequestVote {
  readonly kind: 'requestVote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The leader asked for this election: who hears it well votes all the same (thesis §3.10). */
  readonly isTransfer?: boolean;
}

/** Figure 2, RequestVote RPC, results. */
export interface RequestVoteReply {
  readonly kind: 'requestVoteReply';
  readonly term: number;
  readonly voteGranted: boolean;
}

/** Figure 2, AppendEntries RPC. */
export interface AppendEntries {
  readonly kind: 'appendEntries';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly leaderCommit: number;
  /** Gapless from `prevLogIndex + 1`. */
  readonly entries: readonly Entry[];
}

/** Figure 2, AppendEntries RPC, results; a rejection says where to look next. */
export interface AppendEntriesReply {
  readonly kind: 'appendEntriesReply';
  readonly term: number;
  readonly result:
    | {
        readonly kind: 'accepted';
        /** Exactly `prevLogIndex + entries.length` of the request: what is durable and matches. */
        readonly matchIndex: number;
      }
    | {
        readonly kind: 'rejected';
        /** `prevLogIndex` of the request: tells a stale rejection. */
        readonly prevLogIndex: number;
        /** The largest index at or below it whose entry could match, and its term. */
        readonly hintIndex: number;
        readonly hintTerm: number;
      };
}

/** Keeps authority and carries the commit index; `round` confirms leadership for reads. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly term: number;
  /** Never beyond what the receiver is known to match. */
  readonly leaderCommit: number;
  /** Rises with every round of heartbeats in a term; never reused. */
  readonly round: number;
}

/** Echoes the round. */
export interface HeartbeatReply {
  readonly kind: 'heartbeatReply';
  readonly term: number;
  readonly round: number;
}

/**
 * Figure 13, InstallSnapshot RPC, in one piece. A snapshot that came in many is handed to the core
 * as this message too, without its data, once it is whole.
 */
export interface InstallSnapshot {
  readonly kind: 'installSnapshot';
  readonly term: number;
  readonly snapshot: Snapshot;
}

/** What the receiver now has durably, or that it could not take the snapshot. */
export interface InstallSnapshotReply {
  readonly kind: 'installSnapshotReply';
  readonly term: number;
  /** The last index the receiver's durable log matches after it. */
  readonly matchIndex: number;
}

/** The leader hands over: the receiver is to ask for votes at once (thesis §3.10). */
export interface TimeoutNow {
  readonly kind: 'timeoutNow';
  readonly term: number;
}

/** A node that does not lead wants to read: how far must its state machine have come? */
export interface ReadIndexRequest {
  readonly kind: 'readIndexRequest';
  readonly term: number;
  /** Of the sender's present life, and rising within it: together they are never used again. */
  readonly nonce: number;
  readonly requestId: number;
  /** Whether an answer by a lease will do. */
  readonly isLeaseEnough: boolean;
}

/** Echoes nonce and id of the request that the leader had when it made sure that it leads. */
export interface ReadIndexReply {
  readonly kind: 'readIndexReply';
  readonly term: number;
  readonly nonce: number;
  readonly requestId: number;
  readonly result:
    | { readonly kind: 'confirmed'; readonly readIndex: number; readonly isByLease: boolean }
    /** The leader has as many reads waiting as it keeps. */
    | { readonly kind: 'refused' };
}

/** A node that does not lead wants these commands in the log, in this order, next to each other. */
export interface ForwardProposal {
  readonly kind: 'forwardProposal';
  readonly term: number;
  /** Of the sender's present life, and rising within it: together they are never used again. */
  readonly nonce: number;
  readonly forwardId: number;
  /** At least one. */
  readonly payloads: readonly Uint8Array[];
}

/** Why a leader took nothing in of a forwarded proposal. */
export type ForwardRefusal = 'tooManyUncommitted' | 'transferring';

/** Where the commands stand in the log of the leader of `term`, or why they do not. */
export interface ForwardReply {
  readonly kind: 'forwardReply';
  readonly term: number;
  readonly nonce: number;
  readonly forwardId: number;
  readonly result:
    | { readonly kind: 'proposed'; readonly firstIndex: number }
    | { readonly kind: 'refused'; readonly reason: ForwardRefusal };
}

/** One piece of a snapshot. It names the whole, so that each piece can be understood alone. */
export interface SnapshotChunk {
  readonly kind: 'snapshotChunk';
  readonly term: number;
  readonly snapshot: SnapshotMetadata;
  /** Size of all its data, and their CRC-32C: the same bytes have the same name. */
  readonly sizeBytes: number;
  readonly crc: number;
  /** Where in the data this piece begins. */
  readonly offset: number;
  /** CRC-32C of this piece. */
  readonly dataCrc: number;
  /** Empty in an offer, which asks where to begin. */
  readonly data: Uint8Array;
}

/** What became of a piece, and what the receiver has: the sender goes on from there. */
export interface SnapshotChunkReply {
  readonly kind: 'snapshotChunkReply';
  readonly term: number;
  /** Which snapshot is meant. */
  readonly lastIncludedIndex: number;
  readonly crc: number;
  /**
   * 'held': everything before `offset` is written. 'gap': a piece came too early, `offset` is next.
   * 'damaged': its checksum did not hold. 'unknown': nobody offered this snapshot.
   */
  readonly result: 'held' | 'gap' | 'damaged' | 'unknown';
  readonly offset: number;
}

/**
 * A damaged node asks for entries it lost, whoever leads. Its term is not heard, unless `isFence`:
 * then the answer is to be given in that term.
 */
export interface FetchEntries {
  readonly kind: 'fetchEntries';
  readonly term: number;
  /** What the asker has just before the gap. */
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  /** The last entry of the gap. */
  readonly toIndex: number;
  /** A position behind the gap that the asker knows, or 0 and 0: do you have the same there? */
  readonly anchorIndex: number;
  readonly anchorTerm: number;
  /** Tells answers to this question from those to others. */
  readonly question: number;
  readonly isFence: boolean;
  /** Nobody has the entries, and nobody leads: the receiver is to send its snapshot. */
  readonly wantsSnapshot: boolean;
}

/** What a peer has of the gap. No entries: none that can follow what the asker has before it. */
export interface FetchedEntries {
  readonly kind: 'fetchedEntries';
  readonly term: number;
  /** Of the request. */
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly question: number;
  /** The term that the peer has at the anchor; 0 if it has nothing there. */
  readonly anchorTerm: number;
  /** Whether the peer led `term` when it answered. */
  readonly isLeader: boolean;
  /** Whether the peer's log agrees with the asker's before the gap, or at the anchor. */
  readonly isAligned: boolean;
  /** Whether what is not here was never here: the peer lost nothing, and knows of no leader. */
  readonly isDefinite: boolean;
  /** What was asked for is compacted: only a snapshot has it. */
  readonly isCompacted: boolean;
  /** Gapless from `prevLogIndex + 1`. */
  readonly entries: readonly Entry[];
}
