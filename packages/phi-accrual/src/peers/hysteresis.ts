/**
 * Keeps a peer that comes and goes from being reported as often as it does.
 *
 * The problem. A link that loses every other second, or a process that thrashes, crosses the
 * threshold again and again. Each crossing is true, and each makes whoever listens move shards,
 * elect leaders, open connections. The damage is in the changes, not in the state.
 *
 * The idea has three parts:
 *
 * - Two thresholds, as in a thermostat: suspicion must reach the threshold to accuse, and must fall
 *   below a smaller one to acquit.
 * - A hold: it must have stayed below for some time.
 * - A memory: each time that the peer flaps the hold doubles, up to a maximum, and each quiet
 *   period halves it again. Who is steady is welcomed back soon, who flaps must prove itself.
 *
 * ```text
 *   suspicion
 *   threshold ─ ─ ─ ╱│─ ─ ─ ─ ─ ╱│─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─
 *   acquittal ─ ─ ╱─ │ ─ ─ ─ ╱─  │ ╱│ ╱│ ╱│ ╱│ ╱│ ╱│ ─ ─
 *               ╱    └──────╱    └──────────────────────
 *                    hold ✗           hold ✓ trusted
 * ```
 *
 * Only acquittals wait. An accusation never does, so that detection is as fast as without.
 *
 * Sources: the damping of routes in Villamizar, Chandra and Govindan, RFC 2439, 1998; ringpop's
 * damping of members.
 */

/** How slowly a suspected peer is trusted again. */
export interface HysteresisOptions {
  /**
   * Below which share of the threshold the suspicion must be, more than 0, at most 1. Default 0.5.
   * Less asks for heartbeats closer together.
   */
  readonly acquitBelow?: number;
  /** For how long, in ms, at least 0. Default 0: the first heartbeat acquits. */
  readonly holdMs?: number;
  /** The longest hold of a peer that flaps, in ms, at least `holdMs`. Default 32 times `holdMs`. */
  readonly holdMsMax?: number;
  /**
   * After how long a time of trust a flap is forgotten, in ms, more than 0. Default 10 minutes.
   * More remembers those that flap rarely.
   */
  readonly forgetMs?: number;
}

/** The options with their defaults. */
export type Hysteresis = Required<HysteresisOptions>;

/** Doublings beyond this are the maximum anyway. */
const FLAPS_MAX = 16;

/** @throws RangeError if an option is out of its range. */
export function hysteresisOf(options: HysteresisOptions = {}): Hysteresis {
  const { acquitBelow = 0.5, holdMs = 0, holdMsMax = 32 * holdMs, forgetMs = 600_000 } = options;
  if (!(acquitBelow > 0 && acquitBelow <= 1)) {
    throw new RangeError(`acquitBelow: expected more than 0, at most 1, got ${acquitBelow}`);
  }
  if (!(holdMs >= 0 && holdMs < Infinity)) {
    throw new RangeError(`holdMs: expected at least 0, got ${holdMs}`);
  }
  if (!(holdMsMax >= holdMs && holdMsMax < Infinity)) {
    throw new RangeError(`holdMsMax: expected at least ${holdMs}, got ${holdMsMax}`);
  }
  if (!(forgetMs > 0)) throw new RangeError(`forgetMs: expected more than 0, got ${forgetMs}`);
  return { acquitBelow, holdMs, holdMsMax, forgetMs };
}

/** What is remembered of one peer. */
export interface FlapMemory {
  /** Suspicions that were followed by trust and are not forgotten: 0..16. */
  flapCount: number;
  /** When it was trusted again the last time; -Infinity if it never was. */
  acquittedMs: number;
}

/** A peer that never flapped. */
export function noFlaps(): FlapMemory {
  return { flapCount: 0, acquittedMs: -Infinity };
}

/**
 * How long a peer must be well before it is trusted again.
 *
 * @example
 * ```ts
 * import { hysteresisOf, holdOf } from '@quorate/phi-accrual';
 *
 * const hysteresis = hysteresisOf({ holdMs: 1_000, holdMsMax: 5_000 });
 * holdOf(hysteresis, { flapCount: 0, acquittedMs: 0 }); // => 1000
 * holdOf(hysteresis, { flapCount: 2, acquittedMs: 0 }); // => 4000
 * holdOf(hysteresis, { flapCount: 3, acquittedMs: 0 }); // => 5000
 * ```
 */
export function holdOf({ holdMs, holdMsMax }: Hysteresis, { flapCount }: FlapMemory): number {
  return Math.min(holdMsMax, holdMs * 2 ** flapCount);
}

/** The peer is suspected at `nowMs`: forgets what is long ago. */
export function accuse({ forgetMs }: Hysteresis, memory: FlapMemory, nowMs: number): void {
  const quietCount = Math.floor((nowMs - memory.acquittedMs) / forgetMs);
  memory.flapCount = Math.max(0, memory.flapCount - quietCount);
}

/** The peer is trusted again at `nowMs`, after a suspicion: one flap more. */
export function acquit(memory: FlapMemory, nowMs: number): void {
  memory.flapCount = Math.min(FLAPS_MAX, memory.flapCount + 1);
  memory.acquittedMs = nowMs;
}
