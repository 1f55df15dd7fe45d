import type { FailureDetector } from '../detector.ts';
import { type FlapMemory, noFlaps } from './hysteresis.ts';
import type { OwnPauses } from './own-pauses.ts';

/**
 * What is thought of a peer.
 *
 * - 'unheard': it was added and has not said anything yet;
 * - 'trusted': it is there, as far as anybody can know;
 * - 'suspected': it has been silent for longer than it should.
 */
export type PeerState = 'unheard' | 'trusted' | 'suspected';

/** All that a table knows of one peer. Changed in place: heartbeats allocate nothing. */
export interface PeerRecord<Name extends string = string> {
  readonly name: Name;
  /** Its number in the heap of deadlines. */
  readonly slot: number;
  readonly addedMs: number;
  readonly flaps: FlapMemory;
  detector: FailureDetector;
  /** How often the peer sends. */
  intervalMs: number;
  state: PeerState;
  /** Since when it is in that state. */
  sinceMs: number;
  /** Of its latest life; -1 before the first heartbeat. */
  incarnation: number;
  /** The highest of that life; -1 before the first. */
  sequence: number;
  /** When the last heartbeat that counted arrived; -Infinity before the first. */
  arrivedMs: number;
  /** When it last showed life in any way; -Infinity before. Never before `arrivedMs`. */
  evidenceMs: number;
  /** Whether others, not we, had the latest sign of life. */
  isVouched: boolean;
  /** Until when it said that it may be silent. */
  excusedUntilMs: number;
  /** When its silence became suspicious and others were asked; -Infinity while it is not. */
  doubtedMs: number;
  /** The life that was suspected last; -1 before. */
  accusedIncarnation: number;
  /** While it is suspected: since when it has been well again; Infinity while it is not. */
  calmSinceMs: number;
  /** When it is looked at next, if nothing brings that forward. */
  lookAtMs: number;
  /** How many pauses of our own there had been when it last showed life. */
  pauseCount: number;
}

/** A peer that nothing is known of. */
export function newPeer<Name extends string>(
  name: Name,
  slot: number,
  detector: FailureDetector,
  intervalMs: number,
  nowMs: number,
): PeerRecord<Name> {
  return {
    name,
    slot,
    detector,
    intervalMs,
    addedMs: nowMs,
    flaps: noFlaps(),
    state: 'unheard',
    sinceMs: nowMs,
    incarnation: -1,
    sequence: -1,
    arrivedMs: -Infinity,
    evidenceMs: -Infinity,
    isVouched: false,
    excusedUntilMs: -Infinity,
    doubtedMs: -Infinity,
    accusedIncarnation: -1,
    calmSinceMs: Infinity,
    lookAtMs: Infinity,
    pauseCount: 0,
  };
}

/**
 * How long the detector waits after a heartbeat, as it judged the last one; at least one interval.
 * What any other sign of life is good for.
 */
export function patienceOf({ detector, arrivedMs, intervalMs }: PeerRecord): number {
  const patienceMs = detector.suspectAtMs - arrivedMs;
  return patienceMs > intervalMs && patienceMs < Infinity ? patienceMs : intervalMs;
}

/** How suspicious the peer is, other signs of life than heartbeats counted as heartbeats. */
export function suspicionOf(
  { detector, arrivedMs, evidenceMs }: PeerRecord,
  nowMs: number,
): number {
  const lateByMs = evidenceMs - arrivedMs;
  return detector.suspicion(lateByMs > 0 && lateByMs < Infinity ? nowMs - lateByMs : nowMs);
}

/**
 * When a peer that is not suspected becomes so if nothing more comes: as its detector says, but not
 * before any other sign of life, or the end of our own pause, is as old as a heartbeat may be.
 */
export function dueOf(record: PeerRecord, pauses: OwnPauses, firstWithinMs: number): number {
  const { state, addedMs, arrivedMs, evidenceMs, excusedUntilMs, detector } = record;
  const pausedMs = pauses.excusedMs(record.pauseCount);
  if (state === 'unheard') return Math.max(addedMs, pausedMs) + firstWithinMs;
  // A detector that was never told of a heartbeat has nothing to say.
  const { suspectAtMs } = detector;
  const ownMs = suspectAtMs < Infinity ? suspectAtMs : evidenceMs + firstWithinMs;
  const otherMs = Math.max(pausedMs, evidenceMs > arrivedMs ? evidenceMs : -Infinity);
  return Math.max(ownMs, excusedUntilMs, otherMs + patienceOf(record));
}
