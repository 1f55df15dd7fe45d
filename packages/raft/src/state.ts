import type { NodeId, Random } from '@quorate/transport';

import type { HardState, RaftEffect } from './effects.ts';
import { Inflights } from './inflights.ts';
import { invariant } from './invariant.ts';
import { isAtLeastAsUpToDate, RaftLog } from './log.ts';
import type { Configuration, Entry, LogPosition, RaftMessage, Snapshot } from './messages.ts';
import { type RaftOptions, type RaftTuning, resolveTuning } from './options.ts';
import type { Progress } from './progress.ts';
import { ReadQueue } from './read-queue.ts';

/**
 * Everything one node knows, in the order of the paper's Figure 2. Changed by `step` alone and in
 * place; anyone may read it between two steps.
 */
export interface RaftState {
  readonly id: NodeId;
  readonly tuning: RaftTuning;
  readonly random: Random;
  readonly configuration: Configuration;
  /** The voters without this node. */
  readonly peers: readonly NodeId[];

  // Persistent state on all servers. The hard state is on disk once its write is durable.

  /** Latest term this node has seen. Never falls. */
  currentTerm: number;
  /** Who has this node's vote in `currentTerm`. Once set, it stays until the term rises. */
  votedFor: NodeId | undefined;
  readonly log: RaftLog;
  /** Where a damaged log ended; set while this node must neither vote nor campaign. */
  promised: LogPosition | undefined;

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

  // Time, in ticks.

  /** Since the last word of a leader, vote granted or campaign; on a leader, quorum check. */
  electionElapsedTicks: number;
  /** When a follower campaigns: redrawn for every wait, so that split votes end (§5.2). */
  electionDueTicks: number;
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
  readonly followers: ReadonlyMap<NodeId, Progress>;
  readonly reads: ReadQueue;
  heartbeatElapsedTicks: number;
  /** Size of the entries above `commitIndex`, as `entrySize` counts. */
  uncommittedBytes: number;
}

/** What an entry costs in memory: its payload and, roughly, the object around it. */
export function entrySize(entry: Entry): number {
  return entry.payload.length + 64;
}

/** A leader's empty book of reads. */
export function emptyReads(state: RaftState): ReadQueue {
  return new ReadQueue(state.tuning.maxPendingReads);
}

/**
 * A node as it comes up: a follower that remembers its durable past and has heard from nobody.
 *
 * @throws RangeError if the options contradict each other; see the fields.
 */
export function initialState(options: RaftOptions): RaftState {
  const tuning = resolveTuning(options);
  const voters = validVoters(options);
  const snapshot = options.snapshot ?? { logIndex: 0, term: 0 };
  const log = recoveredLog(options, snapshot);
  const hardState = options.hardState ?? {
    currentTerm: 0,
    votedFor: undefined,
    promised: undefined,
  };
  checkHardState(hardState, log);

  const { id, random } = options;
  const { currentTerm, votedFor } = hardState;
  return {
    id,
    tuning,
    random,
    configuration: { voters },
    peers: voters.filter((voter) => voter !== id),
    currentTerm,
    votedFor,
    log,
    promised: promiseOf(options, log),
    commitIndex: snapshot.logIndex,
    applyingIndex: snapshot.logIndex,
    lastApplied: snapshot.logIndex,
    snapshot,
    role: { kind: 'follower' },
    leaderId: undefined,
    electionElapsedTicks: 0,
    electionDueTicks: tuning.electionTimeoutTicks + random.int(tuning.electionTimeoutTicks),
    storageWaitTicks: 0,
    lastRound: 0,
    issuedTicket: 0,
    durableTicket: 0,
    issuedHardState: hardState,
    hardStateTicket: 0,
    withheld: [],
    outbox: [],
    restores: [],
    applies: new Inflights(1_024, tuning.maxApplyBytes),
    effects: [],
    announced: { kind: 'follower', term: currentTerm, leaderId: undefined },
  };
}

function validVoters({ id, voters }: RaftOptions): readonly NodeId[] {
  const sorted = [...new Set(voters)].sort();
  if (sorted.length !== voters.length) {
    throw new RangeError(`voters: expected no duplicates, got ${voters.join(', ')}`);
  }
  if (!sorted.includes(id)) {
    throw new RangeError(`voters: expected ${id} among them, got ${voters.join(', ')}`);
  }
  return sorted;
}

function recoveredLog(options: RaftOptions, snapshot: LogPosition): RaftLog {
  const start = options.logStart ?? snapshot;
  const entries = options.entries ?? [];
  let { logIndex, term } = start;
  for (const entry of entries) {
    if (entry.logIndex !== logIndex + 1) {
      const got = String(entry.logIndex);
      throw new RangeError(`entries: expected index ${String(logIndex + 1)}, got ${got}`);
    }
    if (entry.term < term) {
      const got = String(entry.term);
      throw new RangeError(`entries: expected a term of at least ${String(term)}, got ${got}`);
    }
    ({ logIndex, term } = entry);
  }
  const log = new RaftLog(start, entries);
  const termThere = log.termAt(snapshot.logIndex);
  if (termThere !== snapshot.term) {
    throw new RangeError(
      `snapshot: expected a position within the log, got index ${String(snapshot.logIndex)} of ` +
        `term ${String(snapshot.term)} where the log has ${String(termThere ?? 'nothing')}`,
    );
  }
  if (options.damaged !== undefined) {
    const { firstDamagedIndex } = options.damaged;
    if (firstDamagedIndex !== logIndex + 1) {
      const got = String(firstDamagedIndex);
      throw new RangeError(`firstDamagedIndex: expected ${String(logIndex + 1)}, got ${got}`);
    }
    log.markLost();
  }
  return log;
}

function checkHardState(hardState: HardState, log: RaftLog): void {
  const { currentTerm } = hardState;
  if (!Number.isSafeInteger(currentTerm) || currentTerm < 0) {
    throw new RangeError(`currentTerm: expected a safe integer >= 0, got ${String(currentTerm)}`);
  }
  if (currentTerm < log.lastTerm) {
    throw new RangeError(
      `currentTerm: expected at least the log's last term ${String(log.lastTerm)}, ` +
        `got ${String(currentTerm)}`,
    );
  }
}

/** The most up-to-date end this node ever vouched for and no longer has, if any. */
function promiseOf(options: RaftOptions, log: RaftLog): LogPosition | undefined {
  let promised = options.hardState?.promised;
  if (options.damaged !== undefined) {
    const { lastIndex, lastTerm } = options.damaged;
    const lost = { logIndex: lastIndex, term: lastTerm };
    if (promised === undefined || isAtLeastAsUpToDate(lost, promised)) promised = lost;
  }
  if (promised === undefined) return undefined;
  return isAtLeastAsUpToDate(log.lastPosition, promised) ? undefined : promised;
}

/** The leadership of a node that is known to lead. */
export function leadershipOf(state: RaftState): Leadership {
  const { role } = state;
  invariant(role.kind === 'leader', 'only a leader leads');
  return role;
}
