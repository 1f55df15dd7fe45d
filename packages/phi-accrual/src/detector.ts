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
   * heartbeat.
   */
  readonly suspectAtMs: number;

  /**
   * Learns from a heartbeat. One that ends an outage proves life and teaches nothing about
   * intervals.
   *
   * @param sequence - The sender's number: a safe integer, more than the last one's. A gap is lost
   *   heartbeats, not a slow peer.
   * @param arrivedAtMs - Not before the last one's.
   * @remarks O(1) time; allocates nothing.
   */
  heartbeat(sequence: number, arrivedAtMs: number): void;

  /**
   * Takes a heartbeat whose time says nothing, such as one that waited while we were paused: it
   * proves life, and is not learned from.
   */
  witness(sequence: number, arrivedAtMs: number): void;

  /**
   * How suspicious the peer is: from 0, never falling until the next heartbeat, finite for ever.
   * What a number means is the detector's to say.
   */
  suspicion(nowMs: number): number;

  /** Forgets the peer: another incarnation has begun. */
  reset(): void;
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
