import type { NodeId } from '@quorate/transport';

import type { Configuration, ConfigurationRefusal, MembershipChange } from './configuration.ts';
import type {
  Entry,
  LogPosition,
  RaftMessage,
  Snapshot,
  SnapshotChunk,
  SnapshotChunkReply,
  SnapshotMetadata,
} from './messages.ts';

/** What a node must still remember after a crash. Figure 2, "Persistent state on all servers". */
export interface HardState {
  readonly currentTerm: number;
  readonly votedFor: NodeId | undefined;
  /**
   * Only on a node whose log was damaged: the end of the log it once vouched for. Until its durable
   * log is at least as up to date again it neither votes nor campaigns, across restarts too.
   */
  readonly promised: LogPosition | undefined;
}

/** What the clocks of a node's machine said at one moment. */
export interface ClockReading {
  /** Monotonic, since an epoch of its own. May stand still while the machine is suspended. */
  readonly nowMs: number;
  /** Since 1970, as the machine believes. May jump. */
  readonly wallTimeMs: number;
}

/** Everything that can happen to a node. */
export type RaftInput =
  /** One tick of the node's clock has passed. Leases want to know when. */
  | { readonly kind: 'tick'; readonly clock?: ClockReading }
  /** A message arrived. `from` is proven by the carrier. */
  | {
      readonly kind: 'receive';
      readonly from: NodeId;
      readonly message: RaftMessage;
      /** Wanted for a request that a lease may answer. */
      readonly clock?: ClockReading;
    }
  /**
   * The user wants these commands in the log, in this order. Answered by 'proposed' or
   * 'proposalRefused'; where it was 'proposalForwarded' in between, perhaps by 'proposalLost'.
   */
  | {
      readonly kind: 'propose';
      readonly proposalId: number;
      readonly payloads: readonly Uint8Array[];
    }
  | ChangeMembership
  /**
   * The user wants another leader: `to`, or whoever has most of the log. Answered by
   * 'transferRefused' or, in the end, 'transferEnded'.
   */
  | {
      readonly kind: 'transferLeadership';
      readonly transferId: number;
      readonly to: NodeId | undefined;
    }
  /**
   * The leader is known to be gone: do not refuse others a vote for its sake any more. Ignored
   * where there are leases: the leader counts on being remembered.
   */
  | { readonly kind: 'forgetLeader' }
  /**
   * The user wants to read. Answered by 'readReady' or 'readRefused'. Who does not lead asks the
   * leader, and whoever leads after it, until then or 'forgetRead'.
   */
  | { readonly kind: 'readIndex'; readonly readId: number }
  /** Likewise, and a lease held at `clock` will do in place of a round of heartbeats. */
  | { readonly kind: 'leaseRead'; readonly readId: number; readonly clock: ClockReading }
  /** The transport did not take the 'forwardProposal' with this id. */
  | { readonly kind: 'forwardDropped'; readonly forwardId: number }
  /** Nobody waits for the read any more. */
  | { readonly kind: 'forgetRead'; readonly readId: number }
  /** The write of effect 'persist' with this ticket, and all before it, are durable. */
  | { readonly kind: 'persisted'; readonly ticket: number }
  /** The state machine holds everything up to this index. */
  | { readonly kind: 'applied'; readonly logIndex: number }
  /** The user's own snapshot is durable: the log may forget what it covers. */
  | {
      readonly kind: 'snapshotTaken';
      readonly metadata: SnapshotMetadata;
      /** How many entries before `lastIncludedIndex` to keep for slow followers. */
      readonly trailingEntryCount: number;
    }
  /** `peer` runs under a new incarnation: forget what it was known to have. */
  | { readonly kind: 'peerRestarted'; readonly peer: NodeId }
  /** The transport could not take a message for `peer`, or lost its session. A hint. */
  | { readonly kind: 'peerUnreachable'; readonly peer: NodeId }
  /** The snapshot asked for by 'sendSnapshot' left this node, or could not. */
  | { readonly kind: 'snapshotSent'; readonly peer: NodeId; readonly outcome: 'sent' | 'failed' };

/** The user wants other members. Answered by 'membershipProposed' or 'membershipRefused'. */
export interface ChangeMembership {
  readonly kind: 'changeMembership';
  readonly changeId: number;
  /** Made together. None: leave the joint configuration that an 'explicit' change entered. */
  readonly changes: readonly MembershipChange[];
  /**
   * 'auto', the default: at once where one vote changes at most, else through a joint configuration
   * that is left as soon as it is committed. 'implicit': always through such a one. 'explicit':
   * always, and it stays until it is left by a change that holds no changes.
   */
  readonly transition?: 'auto' | 'implicit' | 'explicit';
  /** Only if the configuration in force is that of the entry at this index. */
  readonly ifConfigurationIndex?: number;
  /** In place of changes: all members speak this version of the protocol. */
  readonly protocolVersion?: number;
  /** Gives votes also to those who have not caught up: commits may then wait for them. */
  readonly isForced?: boolean;
}

/** Why a change of the members was refused. It certainly did not and will not happen. */
export type MembershipRefusal =
  | ConfigurationRefusal
  | 'notLeader' // Ask `leaderId`, if known.
  | 'changePending' // The change before it is not committed yet.
  | 'termNotCommitted' // The leader is new and has committed nothing yet: ask again soon.
  | 'configurationMoved' // The configuration is not the one that was expected.
  | 'notCaughtUp' // Who is to vote lacks too much of the log: let it learn first.
  | 'tooManyMembers'
  | 'memberTooOld' // It does not speak what this needs, or was not heard of yet.
  | 'transferring' // The leader is handing over.
  | 'recovering'; // The log is damaged and not yet repaired.

/** Why a proposal or read was refused. It certainly did not and will not happen. */
export type RefusalReason =
  | 'notLeader' // Ask `leaderId`, if known. For reads: nobody leads that this node knows of.
  | 'tooManyUncommitted' // The leader's uncommitted log is full, or what is forwarded: back off.
  | 'leaderUnreachable' // What was to be forwarded could not be sent.
  | 'transferring' // The leader is handing over: ask again soon, there or elsewhere.
  | 'tooManyReads' // As many reads as the leader keeps are waiting already: back off.
  | 'leadershipLost' // For reads: leadership moved before it was confirmed.
  | 'recovering'; // The log is damaged and not yet repaired.

/** Why leadership was not handed over. Nothing has changed. */
export type TransferRefusal =
  | 'notLeader' // Ask `leaderId`, if known.
  | 'leadsAlready' // The target is the leader itself.
  | 'notVoter' // The target has no vote, so it cannot lead.
  | 'noSuccessor' // No target was named, and no voter keeps up.
  | 'transferPending' // Another transfer has not ended yet.
  | 'recovering'; // The log is damaged and not yet repaired.

/**
 * What the caller must do, in order. Writes and applies are asynchronous: start them in order,
 * report back with an input when done, and never hold up the sends behind them. Whatever must not
 * leave before a write is durable is withheld by the core and becomes a 'send' of the step that
 * learns of it.
 */
export type RaftEffect =
  /**
   * Make durable, all or nothing, then input 'persisted' with the ticket. Tickets rise by one.
   * A snapshot replaces the whole log and is durable before what else the write holds; one without
   * data has been stored already and becomes the newest now.
   */
  | {
      readonly kind: 'persist';
      readonly ticket: number;
      readonly hardState: HardState | undefined;
      readonly snapshot: Snapshot | undefined;
      /** Remove the suffix from here on before appending. */
      readonly truncateFrom: number | undefined;
      readonly entries: readonly Entry[];
    }
  /** Offer to the transport at once. */
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: RaftMessage }
  /**
   * Fetch the newest durable snapshot and send it: in an 'installSnapshot' of `term`, or in chunks.
   * Report with 'snapshotSent'.
   */
  | { readonly kind: 'sendSnapshot'; readonly to: NodeId; readonly term: number }
  /**
   * Store this piece of the leader's snapshot and answer it. Once all are stored, verified and
   * durable: input 'receive' with an 'installSnapshot' that has no data.
   */
  | { readonly kind: 'storeChunk'; readonly from: NodeId; readonly chunk: SnapshotChunk }
  /** The follower has this much of the snapshot that is being sent to it. */
  | { readonly kind: 'chunkAnswered'; readonly from: NodeId; readonly reply: SnapshotChunkReply }
  /** Committed: apply in order, then input 'applied'. */
  | { readonly kind: 'apply'; readonly entries: readonly Entry[] }
  /** Replace the state machine by this snapshot (durable by now), then input 'applied'. */
  | { readonly kind: 'restore'; readonly snapshot: Snapshot }
  /** Drop entries up to and including this index from the durable log. */
  | { readonly kind: 'compact'; readonly throughIndex: number; readonly throughTerm: number }
  /** The proposal's payloads are entries `firstIndex`… of `term`; not committed yet. */
  | {
      readonly kind: 'proposed';
      readonly proposalId: number;
      readonly firstIndex: number;
      readonly term: number;
    }
  /** The leader was asked: from here on the proposal may take effect. */
  | { readonly kind: 'proposalForwarded'; readonly proposalId: number }
  /** The leader said nothing of a forwarded proposal in time. It may still take effect. */
  | { readonly kind: 'proposalLost'; readonly proposalId: number }
  | {
      readonly kind: 'proposalRefused';
      readonly proposalId: number;
      readonly reason: RefusalReason;
    }
  /** The change is the entry at `logIndex` of `term`: in force here, not committed yet. */
  | {
      readonly kind: 'membershipProposed';
      readonly changeId: number;
      readonly logIndex: number;
      readonly term: number;
    }
  | {
      readonly kind: 'membershipRefused';
      readonly changeId: number;
      readonly reason: MembershipRefusal;
    }
  /** Another configuration is in force on this node; it may go away again with its entry. */
  | {
      readonly kind: 'configurationChanged';
      readonly configuration: Configuration;
      readonly logIndex: number;
    }
  | {
      readonly kind: 'transferRefused';
      readonly transferId: number;
      readonly reason: TransferRefusal;
    }
  /**
   * 'steppedDown': this node leads no more; who leads then is what 'roleChanged' says next.
   * 'timedOut': it leads on, and takes proposals again.
   */
  | {
      readonly kind: 'transferEnded';
      readonly transferId: number;
      readonly how: 'steppedDown' | 'timedOut';
    }
  /** A read is linearizable once the state machine has applied `readIndex`. */
  | { readonly kind: 'readReady'; readonly readId: number; readonly readIndex: number }
  | { readonly kind: 'readRefused'; readonly readId: number; readonly reason: RefusalReason }
  /** The log, once damaged, holds again all it ever vouched for: the node votes and campaigns. */
  | { readonly kind: 'recovered'; readonly fetchedCount: number }
  /** Role, term or known leader changed. For status and events. */
  | {
      readonly kind: 'roleChanged';
      readonly role: RaftRole;
      readonly term: number;
      readonly leaderId: NodeId | undefined;
    };

/** §5.1, with the pre-candidate of thesis §9.6. */
export type RaftRole = 'follower' | 'preCandidate' | 'candidate' | 'leader';
