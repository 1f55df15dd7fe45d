/**
 * What a detector knows of the last heartbeat, and where its judge writes the verdict.
 *
 * One mutable record for each peer, not arguments and results: numbers with a fraction that pass
 * through a call are put on the heap, and a heartbeat must make no garbage. For the same reason the
 * fields begin with fractions: the engine takes what begins with a whole number for one.
 */
export interface Arrival {
  /** The sender's number; -1 before the first heartbeat. */
  sequence: number;
  /** How many numbers further than the heartbeat before: 1 if none was lost, 0 for the first. */
  gap: number;
  /** When it arrived; `NaN` before the first. */
  atMs: number;
  /** How long after the heartbeat before; 0 for the first. */
  silenceMs: number;
  /** The peer was suspected when it arrived. */
  isLate: boolean;
  /** Its time says something about the peer. */
  teaches: boolean;
  /** Written by the schedule: how much later than the long window said it came. */
  latenessMs: number;
  /** Written by the schedule: how much later than expected it came. */
  errorMs: number;
  /** Written by the judge: the peer is suspected from here on. */
  suspectAtMs: number;
}

/** An arrival before the first heartbeat. */
export function noArrival(): Arrival {
  return {
    sequence: -1,
    gap: 0,
    atMs: NaN,
    silenceMs: 0.5,
    isLate: false,
    teaches: false,
    latenessMs: 0.5,
    errorMs: 0.5,
    suspectAtMs: Infinity,
  };
}
