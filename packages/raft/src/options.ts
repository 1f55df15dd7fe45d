import type { NodeId, Random } from '@quorate/transport';

import type { ConfigurationAt } from './configuration.ts';
import type { HardState } from './effects.ts';
import type { Entry, LogPosition } from './messages.ts';

/** What a node is, what it remembers from before its last crash, and how it is tuned. */
export interface RaftOptions extends Partial<RaftTuning> {
  readonly id: NodeId;
  /**
   * Who votes when the cluster starts, `id` included, without duplicates; the same on all of them.
   * Empty on a node that joins later: it waits to be told.
   */
  readonly voters: readonly NodeId[];
  /**
   * The configuration in force at `snapshot`, or where the log starts. By default that of `voters`.
   * Entries of the log say more.
   */
  readonly configuration?: ConfigurationAt | undefined;
  /**
   * For election timeouts, and for what tells this life of the node from others: not the same
   * numbers after every restart.
   */
  readonly random: Random;
  /** What was last made durable; `undefined` on an empty disk. */
  readonly hardState?: HardState | undefined;
  /**
   * The newest durable snapshot, already loaded into the state machine. `undefined`: none. It lies
   * within the log that follows, or is its start.
   */
  readonly snapshot?: LogPosition | undefined;
  /** The position before the first of `entries`. By default that of `snapshot`. */
  readonly logStart?: LogPosition | undefined;
  /** The durable log after `logStart`, gapless. With damage: what comes before the first of it. */
  readonly entries?: readonly Entry[];
  /** Set if the durable log holds entries that cannot be read any more. */
  readonly damaged?: DamagedLog | undefined;
}

/**
 * A log whose end cannot be trusted. The node starts with what comes before, remembers that it once
 * vouched for more, and neither votes nor campaigns until a leader has given all of it back.
 */
export interface DamagedLog {
  /** The first entry that cannot be read; one past the last of `entries`. */
  readonly firstDamagedIndex: number;
  /** Where the durable log ended before the damage. */
  readonly lastIndex: number;
  /** The term there. If it cannot be known: the hard state's term, which no entry exceeds. */
  readonly lastTerm: number;
  /** What can be read behind the first damaged entry, ascending. By default nothing. */
  readonly later?: readonly Entry[];
  /** The terms of entries that cannot be read, where they are known. */
  readonly terms?: ReadonlyMap<number, number>;
}

/** The numbers one may turn. Times are in ticks; the caller owns the clock. */
export interface RaftTuning {
  /**
   * A follower campaigns after a random time in `[electionTimeoutTicks, 2 · electionTimeoutTicks)`
   * without word from a leader, one in the first part of it (see election-timer.ts); a leader that
   * hears no majority for as long steps down. Raise it for fewer needless elections on slow links
   * or disks, at the price of a longer outage when a leader dies. More than `heartbeatTicks`; 10 of
   * 50 ms suit a LAN.
   */
  readonly electionTimeoutTicks: number;
  /** A leader speaks at least this often. At least 1; a tenth of the election timeout. */
  readonly heartbeatTicks: number;
  /**
   * Among voters whose logs are equal, a node of a higher priority is to lead rather than one of a
   * lower: see election-priority.ts. An integer of at least 0, of this node alone. 0, the default,
   * prefers nobody.
   */
  readonly priority: number;
  /**
   * Bytes of entries in one AppendEntries; a larger entry travels alone. Raise it for fewer
   * messages, at the price of longer head-of-line blocking. 1 MiB by default.
   */
  readonly maxMessageBytes: number;
  /** AppendEntries sent to one follower and not answered. 256 by default. */
  readonly maxInflightMessages: number;
  /** Payload bytes sent to one follower and not answered. 16 MiB by default. */
  readonly maxInflightBytes: number;
  /**
   * Bytes a leader takes in before it has committed them; beyond that proposals are refused.
   * Bounds the memory of a leader that cannot reach a majority. 64 MiB by default.
   */
  readonly maxUncommittedBytes: number;
  /**
   * Size of the entries that a compaction leaves, beyond the trail, for followers which take in a
   * snapshot or catch up behind one. Raise it above what is written while a snapshot travels, or
   * they may need one snapshot after the other. 64 MiB by default.
   */
  readonly maxRetainedBytes: number;
  /** Payload bytes handed to the state machine and not reported applied. 16 MiB by default. */
  readonly maxApplyBytes: number;
  /**
   * Whether a node that does not lead hands proposals to the leader, rather than to refuse them as
   * 'notLeader'. A proposal that is lost on the way is 'unknown'. Off by default: whoever asks the
   * leader itself learns more often for certain that nothing happened.
   */
  readonly forwardProposals: boolean;
  /**
   * Payload bytes forwarded to the leader and not answered; beyond that proposals are refused.
   * 4 MiB by default.
   */
  readonly maxForwardBytes: number;
  /** Reads that wait for their round of heartbeats; beyond that they are refused. 65,536. */
  readonly maxPendingReads: number;
  /**
   * A node whose disk has finished no write for this long, though one is under way, does not
   * campaign, and leads no more once the others have committed what it cannot store: heartbeats
   * would keep a leader in office that cannot make progress. Where nobody can store anything, as
   * when all disks are full, the leader stays and serves reads. By default four times
   * `electionTimeoutTicks`.
   */
  readonly storageStallTicks: number;
  /**
   * How far the rate of any node's clock may be from the true one, in millionths; below 500,000.
   * The same on all nodes. More than 0 allows lease reads, which trust it: 1,000 is ten times what
   * quartz needs. 0, the default: no leases.
   */
  readonly maxClockDriftPpm: number;
  /** Length of a tick, which only leases need to know. More than 0. Default 50. */
  readonly tickMs: number;
  /**
   * How long a leader waits for a word about a snapshot that left, or a piece of it, before it asks
   * the follower what it has. By default ten times `electionTimeoutTicks`.
   */
  readonly snapshotTimeoutTicks: number;
}

/** What is no integer of at least 1. */
type NotCounted = 'maxClockDriftPpm' | 'tickMs' | 'forwardProposals' | 'priority';

/**
 * The tuning of `options`, with defaults.
 *
 * @throws RangeError if a number is out of its range.
 */
export function resolveTuning(options: Partial<RaftTuning>): RaftTuning {
  const { electionTimeoutTicks = 10, maxClockDriftPpm = 0, tickMs = 50 } = options;
  const { forwardProposals = false, priority = 0 } = options;
  checkClock(maxClockDriftPpm, tickMs);
  if (!Number.isSafeInteger(priority) || priority < 0) {
    throw new RangeError(`priority: expected an integer of at least 0, got ${priority}`);
  }
  const counts: Omit<RaftTuning, NotCounted> = {
    electionTimeoutTicks,
    heartbeatTicks: options.heartbeatTicks ?? 1,
    maxMessageBytes: options.maxMessageBytes ?? 1_048_576,
    maxInflightMessages: options.maxInflightMessages ?? 256,
    maxInflightBytes: options.maxInflightBytes ?? 16_777_216,
    maxUncommittedBytes: options.maxUncommittedBytes ?? 67_108_864,
    maxRetainedBytes: options.maxRetainedBytes ?? 67_108_864,
    maxApplyBytes: options.maxApplyBytes ?? 16_777_216,
    maxForwardBytes: options.maxForwardBytes ?? 4_194_304,
    maxPendingReads: options.maxPendingReads ?? 65_536,
    storageStallTicks: options.storageStallTicks ?? 4 * electionTimeoutTicks,
    snapshotTimeoutTicks: options.snapshotTimeoutTicks ?? 10 * electionTimeoutTicks,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
    }
  }
  if (electionTimeoutTicks > 2 ** 31) {
    throw new RangeError(
      `electionTimeoutTicks: expected at most 2^31, got ${electionTimeoutTicks}`,
    );
  }
  if (electionTimeoutTicks <= counts.heartbeatTicks) {
    throw new RangeError(
      `electionTimeoutTicks: expected more than heartbeatTicks (${counts.heartbeatTicks}), ` +
        `got ${electionTimeoutTicks}`,
    );
  }
  return { ...counts, maxClockDriftPpm, tickMs, forwardProposals, priority };
}

function checkClock(maxClockDriftPpm: number, tickMs: number): void {
  if (!(maxClockDriftPpm >= 0 && maxClockDriftPpm < 500_000)) {
    throw new RangeError(
      `maxClockDriftPpm: expected a number from 0 to below 500000, got ${maxClockDriftPpm}`,
    );
  }
  if (!Number.isFinite(tickMs) || tickMs <= 0) {
    throw new RangeError(`tickMs: expected a finite number above 0, got ${tickMs}`);
  }
}
