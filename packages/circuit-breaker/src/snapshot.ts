/**
 * A circuit as data, to go on elsewhere or later.
 *
 * Monotonic clocks of two processes have nothing in common, so a snapshot holds spans, not
 * instants: how long the circuit stays open yet, how old a bucket is. What passes between saving
 * and loading is measured by the wall clock, the only one that both have. If that clock went back,
 * nothing has passed: the circuit waits a little longer than it had to.
 *
 * Calls in flight stay behind. So a half-open circuit, whose trial calls nobody will settle here,
 * goes on as an open one whose wait is over: the next call is a trial.
 */
import { DELAY_MS_MAX } from './bounds.ts';
import { isCircuitState, type CircuitState } from './circuit-state.ts';
import type { TimeBucket } from './windows/time-window.ts';

/** What the window of a circuit held. */
export type WindowSnapshot =
  | {
      readonly kind: 'consecutiveFailures';
      /** Failures since the last success. */
      readonly length: number;
    }
  | {
      readonly kind: 'countWindow';
      /** A digit for each call, the oldest first: 0, and 1 more if it failed, 2 if it was slow. */
      readonly outcomes: string;
    }
  | {
      readonly kind: 'timeWindow';
      /** The buckets that held something, the oldest first. */
      readonly buckets: readonly TimeBucket[];
    };

/** A circuit as data. Survives JSON. */
export interface CircuitSnapshot {
  /** The format. This release writes 1 and reads 1. */
  readonly version: 1;
  /** The wall clock when it was taken. */
  readonly takenAtWallMs: number;
  readonly state: CircuitState;
  /** Openings in a row, which make the next wait longer. */
  readonly openings: number;
  /** How long it would have stayed open yet; 0 in other states. */
  readonly openForMs: number;
  readonly window: WindowSnapshot;
}

/** What became of a snapshot that was read. */
export type SnapshotReading =
  { readonly kind: 'read'; readonly snapshot: CircuitSnapshot } | SnapshotRefusal;

/** Why a snapshot was not taken over. Nothing has changed. */
export interface SnapshotRefusal {
  readonly kind: 'refused';
  readonly reason: 'malformed' | 'newerVersion';
  /** What is wrong with it, for a log. */
  readonly problem: string;
}

const CALLS_MAX = 1_000_000;
const BUCKETS_MAX = 10_000;

/** Reads what was stored, which may be anything. */
export function readSnapshot(value: unknown): SnapshotReading {
  if (!isRecord(value)) return malformed('it is no object');
  const { version, state, openings, openForMs, takenAtWallMs } = value;
  if (typeof version === 'number' && Number.isInteger(version) && version > 1) {
    const problem = `version ${version} is newer than 1, which is the last that this release reads`;
    return { kind: 'refused', reason: 'newerVersion', problem };
  }
  if (version !== 1) return malformed('version is not 1');
  if (!isCircuitState(state)) return malformed('state is no state of a circuit');
  if (!isCount(openings, Number.MAX_SAFE_INTEGER)) return malformed('openings is no count');
  if (!isSpan(openForMs, DELAY_MS_MAX)) return malformed('openForMs is no span of time');
  if (typeof takenAtWallMs !== 'number' || !Number.isFinite(takenAtWallMs)) {
    return malformed('takenAtWallMs is no instant');
  }
  const window = readWindow(value['window']);
  if (window === undefined) return malformed('window holds no outcomes');
  return {
    kind: 'read',
    snapshot: { version, takenAtWallMs, state, openings, openForMs, window },
  };
}

function readWindow(value: unknown): WindowSnapshot | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, length, outcomes, buckets } = value;
  if (kind === 'consecutiveFailures') {
    return isCount(length, CALLS_MAX) ? { kind, length } : undefined;
  }
  if (kind === 'countWindow') {
    const isRead = typeof outcomes === 'string' && outcomes.length <= CALLS_MAX;
    return isRead && /^[0-3]*$/.test(outcomes) ? { kind, outcomes } : undefined;
  }
  if (kind !== 'timeWindow' || !Array.isArray(buckets)) return undefined;
  if (buckets.length > BUCKETS_MAX) return undefined;
  const read = buckets.map(readBucket).filter((bucket) => bucket !== undefined);
  return read.length === buckets.length ? { kind, buckets: read } : undefined;
}

function readBucket(value: unknown): TimeBucket | undefined {
  if (!isRecord(value)) return undefined;
  const { ageMs, total, failed, slow, slowFailed } = value;
  if (!isSpan(ageMs, Number.MAX_VALUE) || !isCount(total, Number.MAX_SAFE_INTEGER))
    return undefined;
  if (!isCount(failed, total) || !isCount(slow, total)) return undefined;
  if (!isCount(slowFailed, Math.min(failed, slow))) return undefined;
  // Those that failed, were slow, or both are no more than all.
  if (failed + slow - slowFailed > total) return undefined;
  return { ageMs, total, failed, slow, slowFailed };
}

function malformed(problem: string): SnapshotRefusal {
  return { kind: 'refused', reason: 'malformed', problem };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function isSpan(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max;
}
