import type { FailureDetector } from '../detector.ts';
import { type Hysteresis, hysteresisOf, type HysteresisOptions } from './hysteresis.ts';

/** How a table judges. */
export interface PeerTableOptions {
  /** Makes the detector of a peer that sends every `intervalMs`. */
  readonly detectorOf: (intervalMs: number) => FailureDetector;
  /** How long a new peer may take until its first heartbeat, in ms, more than 0. Default 10,000. */
  readonly firstWithinMs?: number;
  /** How slowly suspected peers are trusted again. Default: at once. */
  readonly hysteresis?: HysteresisOptions;
  /** How long others are asked about a silent peer, in ms, at least 0. Default 0: not at all. */
  readonly doubtMs?: number;
  /**
   * Pauses of our own in a row that excuse a peer which shows no life between them, an integer of
   * at least 0. Default 2. More is safer where pauses follow each other closely, and finds the dead
   * later where this process only ever runs for moments.
   */
  readonly excusingPausesMax?: number;
  /** How many peers there may be, 1..2^24. Default 100,000. */
  readonly peersMax?: number;
}

/** The options with their defaults. */
export type PeerTableSettings = Required<Omit<PeerTableOptions, 'hysteresis'>> & {
  readonly hysteresis: Hysteresis;
};

/** @throws RangeError if an option is out of its range. */
export function peerTableSettings(options: PeerTableOptions): PeerTableSettings {
  const { detectorOf, firstWithinMs = 10_000, doubtMs = 0, peersMax = 100_000 } = options;
  const { excusingPausesMax = 2 } = options;
  if (!(firstWithinMs > 0)) {
    throw new RangeError(`firstWithinMs: expected more than 0, got ${firstWithinMs}`);
  }
  if (!(doubtMs >= 0 && doubtMs < Infinity)) {
    throw new RangeError(`doubtMs: expected at least 0, got ${doubtMs}`);
  }
  if (!(Number.isInteger(peersMax) && peersMax >= 1 && peersMax <= 2 ** 24)) {
    throw new RangeError(`peersMax: expected an integer of 1..2^24, got ${peersMax}`);
  }
  if (!(Number.isInteger(excusingPausesMax) && excusingPausesMax >= 0 && excusingPausesMax < 32)) {
    const expected = 'expected an integer of 0..31';
    throw new RangeError(`excusingPausesMax: ${expected}, got ${excusingPausesMax}`);
  }
  const hysteresis = hysteresisOf(options.hysteresis);
  return { detectorOf, firstWithinMs, doubtMs, peersMax, excusingPausesMax, hysteresis };
}
