import type { NodeId, Random } from '@quorate/transport';

import type { ClockReading, HardState, RaftEffect } from './effects.ts';
import type { Forwards, ForwardsTaken } from './forwards.ts';
import type { Inflights } from './inflights.ts';
import type { Lease } from './lease.ts';
import type { RaftLog } from './log.ts';
import type { Configuration } from './configuration.ts';
import type { Entry, LogPosition, RaftMessage, Snapshot } from './messages.ts';
import type { RaftTuning } from './options.ts';
import type { Progress } from './progress.ts';
import type { ReadQueue } from './read-queue.ts';
import type { RemoteReads } from './remote-reads.ts';
import type { Repair } from './repair.ts';

/**
 * Everything one node knows, in the order of the paper's Figure 2. Changed by `step` alone and in
 * place; anyone may read it between two steps.
 */
export interface RaftState {
  readonly id: NodeId;
  readonly tuning: RaftTuning;
  readonly random: Random;
  /** Who takes part, as the last configuration entry of the log says. See membership.ts. */
  configuration: Configuration;
  /** All other members, learners included. */
  peers: readonly NodeId[];

  // Persistent state on all servers. The hard state is on disk once its write is durable.

  /** Latest term this node has seen. Never falls. */
  currentTerm: number;
  /** Who has this node's vote in `currentTerm`. Once set, it stays until the term rises. */
  votedFor: NodeId | undefined;
  readonly log: RaftLog;
  /** Where a damaged log ended; set while this node must neither vote nor campaign. */
  promised: LogPosition | undefined;
  /** How what was promised is had again; set as long as `promised` is. */
  repair: Repair | undefined;

  // Volatile state on all servers.

  /** Highest index known to be committed. Never falls, never above `log.lastIndex`. */
  commitIndex: number;
  /** Highest index handed to the state machine: committed, and durable here. */
  applyingIndex: number;
  /** Highest index the state machine reported. Never above `applyingIndex`. */
  lastApplied: number;
  /** The newest snapshot this node has, durable or on its way: what a slow follower would get. */
  snapshot: LogPosition;
  /** The role of §5.1, with what only that role knows. */
  role: Role;
  /** The leader of `currentTerm`, if known; on a leader the node itself. */
  leaderId: NodeId | undefined;

  /** Proposals that wait for the word of the leader they were handed to. */
  readonly forwards: Forwards;
  /** Reads that wait for an answer of whoever leads. Empty on a leader. */
  readonly remoteReads: RemoteReads;

  /** Answers from nodes that are no members, dropped. */
  strangerCount: number;
  /** Answers to the repair that contradict themselves or this log, dropped. */
  refusedFetchCount: number;

  /** The last term in which this node had its chance to lead: see election-priority.ts. */
  yieldsInTerm: number | undefined;

  // Time, in ticks.

  /** Since the last word of a leader, vote granted or campaign; on a leader, quorum check. */
  electionElapsedTicks: number;
  /** When a follower campaigns: redrawn for every wait, so that split votes end (§5.2). */
  electionDueTicks: number;
  /** Since the last word of any leader, whatever happened since; at first, since the start. */
  ticksSinceLeader: number;
  /** Whose word that was. */
  lastLeaderId: NodeId | undefined;
  /** The last reading of the clocks: nothing is sent before it. */
  clock: ClockReading | undefined;
  /** Since the disk last finished a write, while at least one is under way. */
  storageWaitTicks: number;
  /** The last round of heartbeats. Never falls and never starts again, whatever the term. */
  lastRound: number;

  // Writes under way.

  /** The last write asked for and the last known to be durable: `durable <= issued`. */
  issuedTicket: number;
  durableTicket: number;
  /** The hard state as the last write that holds one has it, and that write's ticket. */
  issuedHardState: HardState;
  hardStateTicket: number;
  /** What must not leave before a write is durable, oldest first. */
  withheld: { readonly ticket: number; readonly to: NodeId; readonly message: RaftMessage }[];
  /** Said in this step and waiting for its write to get a number. */
  outbox: { readonly to: NodeId; readonly message: RaftMessage }[];
  /** Snapshots to restore once their write is durable. */
  restores: { readonly ticket: number; readonly snapshot: Snapshot }[];
  /** Batches at the state machine. */
  readonly applies: Inflights;

  // Output of the current step.

  effects: RaftEffect[];
  /** As the last 'roleChanged' said. */
  announced: { readonly kind: Role['kind']; term: number; leaderId: NodeId | undefined };
}

/** The roles of §5.1 and the thesis's pre-candidate (§9.6), each with only the data it needs. */
export type Role =
  | { readonly kind: 'follower' }
  | { readonly kind: 'preCandidate'; readonly votes: Map<NodeId, boolean> }
  | { readonly kind: 'candidate'; readonly votes: Map<NodeId, boolean> }
  | Leadership;

/** Figure 2, volatile state on leaders: made anew by every election. */
export interface Leadership {
  readonly kind: 'leader';
  /** Every peer. The leader's own match is `log.durableIndex`. */
  readonly followers: Map<NodeId, Progress>;
  readonly reads: ReadQueue;
  /** Proposals of others that were taken in. */
  readonly forwardsTaken: ForwardsTaken<NodeId>;
  readonly lease: Lease;
  heartbeatElapsedTicks: number;
  /** Size of the entries above `commitIndex`, as `entrySize` counts. */
  uncommittedBytes: number;
  /** Set while leadership is being handed over. */
  transfer: Transfer | undefined;
}

/** Leadership on its way to another (thesis §3.10). */
export interface Transfer {
  readonly transferId: number;
  readonly to: NodeId;
  elapsedTicks: number;
  /** Whether the target was told to begin. */
  isTold: boolean;
}

/** What an entry costs in memory: its payload and, roughly, the object around it. */
export function entrySize(entry: Entry): number {
  return entry.payload.length + 64;
}
