import type { NodeId } from '@quorate/transport';

import { hasCommittedInTerm } from './commitment.ts';
import type { ClockReading } from './effects.ts';
import type { RaftTuning } from './options.ts';
import { jointIndex } from './quorum.ts';
import type { Leadership, RaftState } from './state.ts';

/**
 * Reads without a message (thesis §6.4.1): while a leader knows that nobody else can have been
 * elected, its own state is the newest there is.
 *
 * ```text
 *   leader     sends round r ───────────── lease ─────────────┤ reads ask a quorum again
 *                   └─► voter answers ── gives no vote away ────────┤
 *                       for electionTimeoutTicks of its own ticks
 * ```
 *
 * The lease begins where round r was *sent*, for that is certainly before any voter began to wait.
 * It ends before the first of them is free:
 *
 * - A voter counts ticks. The first may come at once, and may come late by up to one tick that the
 *   ones behind it make up for, so only `electionTimeoutTicks - 2` of them are certain to be whole.
 * - Clocks run at different rates: the voter's may be fast and the leader's slow, each by
 *   `maxClockDriftPpm`.
 * - A machine that is suspended may stop its monotonic clock. Then the wall clock disagrees, and
 *   the lease is void. What the comparison cannot see is taken off the lease.
 *
 * What else could elect somebody within a lease is closed off, on every node that has
 * `maxClockDriftPpm`, which must be all: a voter keeps its promise whatever terms it hears of
 * meanwhile, and through a restart, after which it votes for nobody for as long; a leader has no
 * lease once it has told another to take over, for the rest of its term; `forgetLeader` is ignored.
 */

/** The wall clock counts whole milliseconds: two readings are off by less than two together. */
const CLOCK_GRAIN_MS = 2;

/** Send times of the rounds of one leadership that may still support a lease. */
export class Lease {
  readonly #lengthMs: number;
  readonly #drift: number;
  /** Oldest first. */
  #rounds: { readonly round: number; readonly sent: ClockReading }[] = [];
  #isGivenAway = false;

  constructor({ maxClockDriftPpm, electionTimeoutTicks, tickMs }: LeaseTuning) {
    this.#drift = maxClockDriftPpm / 1_000_000;
    const certainMs = Math.max(0, electionTimeoutTicks - 2) * tickMs;
    const comparableMs = (certainMs * (1 - this.#drift)) / (1 + this.#drift);
    this.#lengthMs = maxClockDriftPpm === 0 ? 0 : comparableMs - CLOCK_GRAIN_MS;
  }

  /** `round` is sent, not before `sent`. */
  begin(round: number, sent: ClockReading): void {
    if (this.#lengthMs <= 0) return;
    const oldestMs = sent.nowMs - this.#lengthMs;
    this.#rounds = this.#rounds.filter((each) => each.sent.nowMs > oldestMs);
    this.#rounds.push({ round, sent });
  }

  /** Another was told to take over: no lease in this term any more. */
  giveAway(): void {
    this.#isGivenAway = true;
    this.#rounds = [];
  }

  /** Whether `round`, which a quorum has answered, supports a lease at `now`. */
  isValid(round: number, now: ClockReading): boolean {
    if (this.#isGivenAway) return false;
    const newest = this.#rounds.findLast((each) => each.round <= round);
    if (newest === undefined) return false;
    const elapsedMs = now.nowMs - newest.sent.nowMs;
    if (elapsedMs < 0 || elapsedMs >= this.#lengthMs) return false;
    const wallElapsedMs = now.wallTimeMs - newest.sent.wallTimeMs;
    const toleratedMs = CLOCK_GRAIN_MS + 2 * this.#drift * elapsedMs;
    return Math.abs(wallElapsedMs - elapsedMs) <= toleratedMs;
  }
}

type LeaseTuning = Pick<RaftTuning, 'maxClockDriftPpm' | 'electionTimeoutTicks' | 'tickMs'>;

/** Whether this node may be read at `now` without asking anyone. */
export function holdsLease(state: RaftState, now: ClockReading): boolean {
  const { role } = state;
  if (role.kind !== 'leader' || !hasCommittedInTerm(state)) return false;
  return role.lease.isValid(answeredRound(state, role), now);
}

/** The newest round that a quorum of the configuration in force has answered. */
export function answeredRound(state: RaftState, leader: Leadership): number {
  return jointIndex(state.configuration, (voter: NodeId) =>
    voter === state.id ? state.lastRound : (leader.followers.get(voter)?.ackedRound ?? 0),
  );
}

/**
 * Whether a leader may count on this node to vote for nobody else yet. Holds from the start on:
 * before, this node may have answered a leader that it cannot remember.
 *
 * @param candidate - If it is that leader, it leads no more.
 */
export function isBoundByLease(state: RaftState, candidate: NodeId): boolean {
  const { tuning, ticksSinceLeader, lastLeaderId } = state;
  if (tuning.maxClockDriftPpm === 0 || candidate === lastLeaderId) return false;
  return ticksSinceLeader < tuning.electionTimeoutTicks;
}
