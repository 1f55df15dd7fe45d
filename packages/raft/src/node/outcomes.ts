import type { NodeId } from '@quorate/transport';

import type { MembershipRefusal, RefusalReason, TransferRefusal } from '../effects.ts';

/** Why a proposal certainly did not and will not take effect. */
export type ProposalRejection =
  | RefusalReason
  /** A committed entry of another leader stands where this one would have been. Propose again. */
  | 'overwritten'
  /** This node's disk has no room. Others may have: the leader hands over where it can. */
  | 'diskFull'
  /** Aborted before it was offered to the log. */
  | 'aborted'
  /** The node was closed, or stopped for good by a failed disk or state machine. */
  | 'stopped';

/** Why nobody on this node can tell whether a proposal takes effect. It still may. */
export type ProposalDoubt =
  | 'timeout'
  | 'aborted'
  /** Leadership moved, and what would tell is gone: a part of the log, or a result. */
  | 'leadershipLost'
  /** It was forwarded, and the leader never said what became of it. */
  | 'forwardLost'
  | 'closed';

/** What became of one proposal. 'committed' and 'rejected' are facts; 'unknown' is neither. */
export type ProposalOutcome =
  | {
      readonly kind: 'committed';
      readonly logIndex: number;
      /** What `StateMachine.apply` returned for it on this node. */
      readonly result: Uint8Array;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: ProposalRejection;
      /** Who leads, as far as this node knows: ask there. */
      readonly leaderId: NodeId | undefined;
    }
  | { readonly kind: 'unknown'; readonly reason: ProposalDoubt };

/** What became of a change of the members. 'result' is empty. */
export type MembershipOutcome =
  | ProposalOutcome
  | {
      readonly kind: 'rejected';
      readonly reason: MembershipRefusal;
      readonly leaderId: NodeId | undefined;
    };

/** What became of the wish to hand leadership over. */
export type TransferOutcome =
  /** `leaderId` leads, as was wanted. */
  | { readonly kind: 'transferred'; readonly leaderId: NodeId }
  /** Nothing has changed. */
  | {
      readonly kind: 'rejected';
      readonly reason: TransferRefusal | 'aborted' | 'stopped';
      readonly leaderId: NodeId | undefined;
    }
  /** It did not catch up or did not answer in time: this node leads on. It may still be elected. */
  | { readonly kind: 'failed'; readonly reason: 'targetSilent' }
  /** This node leads no more, and another than the one that was wanted does. */
  | { readonly kind: 'failed'; readonly reason: 'otherElected'; readonly leaderId: NodeId }
  /** Nobody waits any more. */
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'aborted' | 'closed' };

/** Why a read was not confirmed. A read changes nothing, so a refusal is always definite. */
export type ReadRefusal = RefusalReason | 'timeout' | 'aborted' | 'stopped';

/** Whether the state machine of this node may be read now. */
export type ReadOutcome =
  /**
   * As fresh as was asked for if read before control returns to the event loop, and no older later
   * on.
   */
  | { readonly kind: 'ready'; readonly readIndex: number }
  | {
      readonly kind: 'refused';
      readonly reason: ReadRefusal;
      readonly leaderId: NodeId | undefined;
    };

/**
 * What a read is to see. Any node can be read, whoever leads; what it has applied is what is read.
 *
 * - 'linearizable': all that was committed before the call, anywhere. Costs the leader a round of
 *   heartbeats, and another node a round trip to the leader besides.
 * - 'lease': the same, without a round, as long as no clock of the cluster is off by more than
 *   `maxClockDriftPpm`; where the leader holds no lease it asks like a linearizable one.
 * - 'bounded': all that was committed `maxStalenessMs` before the call. Costs nothing if this node
 *   has had an answer to a linearizable or bounded read that it asked for no longer ago; else it
 *   asks like a linearizable one. Time is that of this node's clocks, the faster of the two.
 * - 'stale': whatever this node has applied, which may be old without limit on a node that is cut
 *   off. Asks nobody and is never refused by a running node.
 *
 * Only 'linearizable' and 'lease' promise that a later read, on whatever node, sees no less.
 */
export type ReadConsistency = 'linearizable' | 'lease' | 'bounded' | 'stale';

/** A read that may be a little behind, as caches and dashboards can be. */
export interface BoundedRead {
  readonly consistency: 'bounded';
  /** How far behind the call at most. More than 0. */
  readonly maxStalenessMs: number;
}

/** Whom to hand leadership to, and how long to wait for that. */
export interface TransferOptions extends WaitOptions {
  /** A voter; if left out, whoever is known to have most of the log. */
  readonly to?: NodeId;
}

/** How a read is to be confirmed. */
export type ReadFreshness =
  | {
      /** Default 'linearizable'. */
      readonly consistency?: Exclude<ReadConsistency, 'bounded'>;
      readonly maxStalenessMs?: undefined;
    }
  | BoundedRead;

/** How a read is to be confirmed, and how long to wait for that. */
export type ReadOptions = ReadFreshness & WaitOptions;

/** How long a caller waits, and how it may give up earlier. */
export interface WaitOptions {
  /** More than 0. Default 10 000. Afterwards the outcome is 'unknown' or 'refused'. */
  readonly timeoutMs?: number;
  /** Aborting it settles the call at once. What was offered to the log stays there. */
  readonly signal?: AbortSignal;
}
