import type { NodeId, Random } from '@quorate/transport';

import { type ConfigurationAt, configurationOf, membersOf } from './configuration.ts';
import type { HardState } from './effects.ts';
import { restartElectionTimer } from './election-timer.ts';
import { Forwards } from './forwards.ts';
import { Inflights } from './inflights.ts';
import { isAtLeastAsUpToDate, RaftLog } from './log.ts';
import type { LogPosition } from './messages.ts';
import { type DamagedLog, type RaftOptions, resolveTuning } from './options.ts';
import { RemoteReads } from './remote-reads.ts';
import { newRepair, type Repair } from './repair.ts';
import type { RaftState } from './state.ts';

/**
 * Coming up after a crash, with what the disk remembers.
 *
 * Term, vote and log are as they were, or newer than anything this node ever said, because nothing
 * was said before it was durable. All else starts from zero: who leads, what is committed beyond
 * the snapshot, what others have. Leaders tell.
 *
 * A damaged log is the exception. The node did vouch for entries it can no longer read, and others
 * counted on it. If it forgot that, its short and clean-looking log would let it vote for a
 * candidate that never had those entries, and a committed one could be lost although a healthy copy
 * existed. So it comes up with what precedes the damage and with a promise: where its log ended.
 * Until it has been given back at least that much it casts no vote. The promise is part of the
 * hard state, because the repair may be cut short by a crash.
 *
 * Three cases look like damage and are none, if the caller starts the log in the right place. What
 * a snapshot covers need not be readable: the log starts at the snapshot. A log that does not hold
 * the snapshot's last entry is from before the snapshot was installed: it starts there, empty. And
 * where only an older snapshot can be read than the one the log starts at, all entries after the
 * older one count as damaged.
 *
 * Source: Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018, for
 * the danger. How the node is given back what it lost: repair.ts.
 */

/**
 * A node as it comes up: a follower that remembers its durable past and has heard from nobody.
 *
 * @throws RangeError if the options contradict each other; see the fields.
 */
export function initialState(options: RaftOptions): RaftState {
  const tuning = resolveTuning(options);
  const started = { logIndex: 0, configuration: configurationOf(validVoters(options)) };
  const snapshot = options.snapshot ?? { logIndex: 0, term: 0 };
  const log = recoveredLog(options, snapshot, options.configuration ?? started);
  const hardState = options.hardState ?? {
    currentTerm: 0,
    votedFor: undefined,
    promised: undefined,
  };
  checkHardState(hardState, log);

  const { id, random } = options;
  const { currentTerm, votedFor } = hardState;
  const promised = promiseOf(options, log);
  const nonce = drawNonce(random);
  const state: RaftState = {
    id,
    tuning,
    random,
    configuration: log.configuration,
    peers: membersOf(log.configuration).filter((member) => member !== id),
    currentTerm,
    votedFor,
    log,
    promised,
    repair: repairOf(options, promised, hardState.currentTerm),
    commitIndex: snapshot.logIndex,
    applyingIndex: snapshot.logIndex,
    lastApplied: snapshot.logIndex,
    snapshot,
    role: { kind: 'follower' },
    leaderId: undefined,
    forwards: new Forwards(nonce, tuning.maxForwardBytes),
    remoteReads: new RemoteReads(nonce, tuning.maxPendingReads),
    strangerCount: 0,
    refusedFetchCount: 0,
    yieldsInTerm: undefined,
    electionElapsedTicks: 0,
    electionDueTicks: 0,
    ticksSinceLeader: 0,
    lastLeaderId: undefined,
    clock: undefined,
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
  restartElectionTimer(state);
  return state;
}

/** 53 bits, so that no two lives of a node have the same. A stream of its own, so that no timeout
 * depends on it. */
function drawNonce(random: Random): number {
  return Math.floor(random.fork('requests').float() * 2 ** 53);
}

function validVoters({ id, voters }: RaftOptions): readonly NodeId[] {
  const sorted = [...new Set(voters)].sort();
  if (sorted.length !== voters.length) {
    throw new RangeError(`voters: expected no duplicates, got ${voters.join(', ')}`);
  }
  if (sorted.length > 0 && !sorted.includes(id)) {
    throw new RangeError(`voters: expected ${id} among them, got ${voters.join(', ')}`);
  }
  return sorted;
}

function recoveredLog(
  options: RaftOptions,
  snapshot: LogPosition,
  configuration: ConfigurationAt,
): RaftLog {
  const start = options.logStart ?? snapshot;
  const entries = options.entries ?? [];
  let { logIndex, term } = start;
  for (const entry of entries) {
    if (entry.logIndex !== logIndex + 1) {
      throw new RangeError(`entries: expected index ${logIndex + 1}, got ${entry.logIndex}`);
    }
    if (entry.term < term) {
      throw new RangeError(`entries: expected a term of at least ${term}, got ${entry.term}`);
    }
    ({ logIndex, term } = entry);
  }
  const log = new RaftLog(start, entries, configuration);
  const termThere = log.termAt(snapshot.logIndex);
  if (termThere !== snapshot.term) {
    throw new RangeError(
      `snapshot: expected a position within the log, got index ${snapshot.logIndex} of ` +
        `term ${snapshot.term} where the log has ${termThere ?? 'nothing'}`,
    );
  }
  if (options.damaged !== undefined) {
    const { firstDamagedIndex } = options.damaged;
    if (firstDamagedIndex !== logIndex + 1) {
      throw new RangeError(`firstDamagedIndex: expected ${logIndex + 1}, got ${firstDamagedIndex}`);
    }
    checkLater(options.damaged);
    if (isNothingLeft(options.damaged)) log.markLost();
  }
  return log;
}

function checkHardState(hardState: HardState, log: RaftLog): void {
  const { currentTerm } = hardState;
  if (!Number.isSafeInteger(currentTerm) || currentTerm < 0) {
    throw new RangeError(`currentTerm: expected a safe integer >= 0, got ${currentTerm}`);
  }
  if (currentTerm < log.lastTerm) {
    throw new RangeError(
      `currentTerm: expected at least the log's last term ${log.lastTerm}, ` + `got ${currentTerm}`,
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

/** Whether nothing can be read behind the damage: then nothing healthy is lost by a cut. */
function isNothingLeft({ later = [] }: DamagedLog): boolean {
  return later.length === 0;
}

function checkLater({ firstDamagedIndex, lastIndex, later = [] }: DamagedLog): void {
  let before = firstDamagedIndex;
  for (const { logIndex } of later) {
    if (logIndex <= before || logIndex > lastIndex) {
      throw new RangeError(
        `later: expected indexes that rise within ${before + 1}..${lastIndex}, got ${logIndex}`,
      );
    }
    before = logIndex;
  }
}

function repairOf(
  { damaged, hardState, random }: RaftOptions,
  promised: LogPosition | undefined,
  maxTerm: number,
): Repair | undefined {
  if (promised === undefined) return undefined;
  return newRepair({
    promised,
    isOwnPromise: damaged !== undefined && promised !== hardState?.promised,
    maxTerm,
    terms: damaged?.terms ?? new Map<number, number>(),
    later: damaged?.later ?? [],
    question: random.uint32(),
  });
}
