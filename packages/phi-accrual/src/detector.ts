/**
 * What judges one peer by the times of its heartbeats.
 *
 * The peer sends heartbeat 1, 2, 3 … one every `intervalMs`, straight to us. A detector sees when
 * they arrived, and answers two questions: from when on is the peer suspected if nothing more
 * arrives (`suspectAtMs`, solved once at every heartbeat), and how suspicious is it now
 * (`suspicion`, for people and metrics). Whoever drives it sees to it that heartbeats come in order
 * and are those of one incarnation.
 *
 * All times are milliseconds of one monotonic clock, fractions allowed.
 */
export interface FailureDetector {
  /** By what it judges. */
  readonly kind: DetectorKind;
  /** The peer is suspected from here on. More than 0. */
  readonly threshold: number;
  /**
   * When `suspicion` reaches `threshold` if nothing more arrives. `Infinity` before the first
   * heartbeat. It may lie before the last heartbeat: that one came so late that the next is due.
   */
  readonly suspectAtMs: number;

  /**
   * Learns from a heartbeat. One that ends an outage proves life and teaches nothing about
   * intervals.
   *
   * @param sequence - The sender's number: a safe integer of at least 0, more than the last one's.
   * A
   *   gap is lost heartbeats, not a slow peer.
   * @param arrivedAtMs - Within 2^53 of 0, and not before the last one's.
   * @throws RangeError if one of them is not; nothing has changed then.
   * @remarks O(1) time; allocates nothing.
   */
  heartbeat(sequence: number, arrivedAtMs: number): void;

  /**
   * Takes a heartbeat whose time says nothing, such as one that waited while we were paused: it
   * proves life, and is not learned from. Arguments and errors are those of `heartbeat`.
   */
  witness(sequence: number, arrivedAtMs: number): void;

  /**
   * How suspicious the peer is: from 0, never falling until the next heartbeat, finite for ever.
   * What a number means is the detector's to say.
   *
   * @param nowMs - Before the last heartbeat, it counts as that heartbeat's time; beyond 2^53, as
   * that.
   * @throws RangeError if `nowMs` is not finite.
   */
  suspicion(nowMs: number): number;

  /** What it expects of the peer; `undefined` before the first heartbeat. */
  estimate(): ArrivalEstimate | undefined;

  /** Forgets the peer: another incarnation has begun. */
  reset(): void;
}

/** What a detector expects of its peer, for people. */
export interface ArrivalEstimate {
  /** The interval between heartbeats, as it is believed now. */
  readonly intervalMs: number;
  /** When the next heartbeat is expected. */
  readonly expectedAtMs: number;
  /** The standard deviation that it reckons with; 0 if it reckons with none. */
  readonly deviationMs: number;
  /** How much later than expected a heartbeat may come before the peer is suspected. */
  readonly marginMs: number;
  /** From how many heartbeats it has learned that. */
  readonly sampleCount: number;
  readonly lastSequence: number;
  readonly lastArrivedAtMs: number;
}

/** The models, by the names their authors or programs gave them. */
export type DetectorKind =
  | 'normal' // Hayashibara et al., with the tail computed exactly
  | 'akka' // the same, with the logistic approximation of Akka
  | 'exponential' // Cassandra's
  | 'chen' // NFD-E of Chen, Toueg and Aguilera
  | 'bertier'
  | 'two-window' // Tomsic et al.
  | 'histogram' // Satzger et al.
  | 'fixed'; // a timeout
