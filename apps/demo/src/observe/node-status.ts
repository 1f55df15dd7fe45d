import type { LimitFigures } from './limit-figures.ts';

/** What a node says of itself, as JSON: on `/admin/raft`, and in its events. */
export interface NodeStatus {
  readonly id: string;
  readonly uptimeMs: number;
  /** How late the event loop ran its last timer, in ms. */
  readonly loopDelayMs: number;
  /** What its process takes; left out where nodes have no process of their own. */
  readonly memory?: MemoryFigures;
  /** How far the time in messages is ahead of this wall clock, in ms: one of them is wrong. */
  readonly hybridAheadMs: number;
  readonly raft: RaftFigures;
  readonly store: StoreFigures;
  readonly boards: BoardFigures;
  /** Every node, and how far it is on its way in or out. */
  readonly members: readonly MemberFigures[];
  /** How each other node looks from here. */
  readonly peers: readonly PeerHealth[];
  /** How the last request of each client was decided here. */
  readonly limits?: readonly LimitFigures[];
  /** Peers that an injected partition keeps apart from this node. */
  readonly blockedPeers: readonly string[];
}

/** What a process takes. */
export interface MemoryFigures {
  /** Objects of the program. */
  readonly heapBytes: number;
  /** All of it that is in memory. */
  readonly residentBytes: number;
}

/** A node of the cluster, or one that is still on its way. */
export interface MemberFigures {
  readonly id: string;
  /** Where others reach it, if it joined later. */
  readonly address: string | null;
  /**
   * In: 'waiting', 'catchingUp' as a learner, 'caughtUp', 'joint', 'voter', and with boards
   * 'member'. Out: 'draining' while its boards move away, 'joint'.
   */
  readonly step: 'waiting' | 'catchingUp' | 'caughtUp' | 'joint' | 'voter' | 'member' | 'draining';
}

/** Boards, as far as this node knows. */
export interface BoardFigures {
  /** Copies on this node. */
  readonly copyCount: number;
  /** How many nodes are to hold each board. 3, if left out. */
  readonly replicaCount?: number;
  /** Copies here of boards that another owner does not have whole yet. */
  readonly underReplicatedCount: number;
  /** Copies here that are given up once the owners have them. */
  readonly leavingCount?: number;
  /** At which revision of the store the members were written by which boards are placed. */
  readonly epoch: number;
  readonly members: readonly string[];
  /** What this node asked of owners, for its clients. */
  readonly requests?: OwnerFigures;
  /** What some of the copies have, in 8 hexadecimal digits: equal if they are. By board. */
  readonly digests: Readonly<Record<string, string>>;
  readonly filter: FilterFigures;
}

/** Requests of one node to the owners of boards. */
export interface OwnerFigures {
  readonly requestCount: number;
  /** Those that went to another than the first owner, which had its share. */
  readonly strayedCount: number;
  /** Those by which an owner got more than it may have. */
  readonly overloadCount: number;
  /** How often another owner was asked after one that failed. */
  readonly retryCount: number;
  /** And how often not, as retries were too many. */
  readonly deniedRetryCount: number;
  /** Requests that have no answer yet, by owner. */
  readonly underWay: Readonly<Record<string, number>>;
}

/** The filter of boards that exist on this node. */
export interface FilterFigures {
  readonly sizeBytes: number;
  /** How often it should take a stranger for a board, 0..1. */
  readonly falsePositiveRate: number;
  /** Share of its bits that are set, 0..1. */
  readonly fillRatio?: number;
  /** Requests that were answered without asking an owner: no node has such a board. */
  readonly savedCount?: number;
  /** Requests that went on to the owners, who had no such board. */
  readonly wrongCount?: number;
}

/** How a peer looks from a node. */
export interface PeerHealth {
  readonly peer: string;
  /** How unlikely its silence is: one to ten to the so many. */
  readonly phi: number;
  readonly isSuspected: boolean;
  /** The state of the breaker of each method. */
  readonly breakers: Readonly<Record<string, string>>;
  /** And what led to it. */
  readonly methods?: Readonly<Record<string, BreakerFigures>>;
}

/** One breaker. */
export interface BreakerFigures {
  /** Calls in the window, and the share of them that failed; null while they are too few. */
  readonly callCount: number;
  readonly failureRate: number | null;
  /** How long until the next trial call, in ms; null if none is waited for. */
  readonly trialInMs: number | null;
}

/** Raft's own figures. */
export interface RaftFigures {
  readonly role: string;
  readonly term: number;
  readonly leaderId: string | null;
  readonly votedFor: string | null;
  /** How long it has waited for a leader, and after how long it asks for votes, in ticks. */
  readonly electionElapsedTicks: number;
  readonly electionDueTicks: number;
  readonly firstLogIndex: number;
  readonly lastLogIndex: number;
  readonly durableIndex: number;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly voters: readonly string[];
  readonly configuration: ConfigurationFigures;
  /** For a leader: how far each follower is known to be. */
  readonly peers: Readonly<Record<string, PeerFigures>>;
  readonly damaged: readonly DamagedFigures[];
  readonly isDiskFull: boolean;
  /** 'running', 'recovering', 'failed' or 'closed'. */
  readonly condition: string;
  /** What failed, if `condition` is 'failed'. */
  readonly failure: string | null;
}

/** Who else than voters takes part. */
export interface ConfigurationFigures {
  readonly learners: readonly string[];
  /** Who voted before, while both majorities count; else nobody. */
  readonly outgoingVoters: readonly string[];
}

/** How far one follower is. */
export interface PeerFigures {
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: string;
}

/** One entry of the log that cannot be read. */
export interface DamagedFigures {
  readonly logIndex: number;
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

/** The state machine's figures. */
export interface StoreFigures {
  readonly keyCount: number;
  readonly storeBytes: number;
  /** Eight hexadecimal digits over the whole state: equal on nodes that applied the same. */
  readonly digest: string;
}
