import type { Arrival } from '../arrival.ts';
import type { ArrivalEstimate, DetectorKind } from '../detector.ts';

/** How one model judges silence. The rest of a detector is the same for all. */
export interface Judge {
  readonly kind: DetectorKind;
  readonly threshold: number;
  /** Takes the heartbeat in and writes `arrival.suspectAtMs`. */
  observe(arrival: Arrival): void;
  /** What the detector answers; `nowMs` is not before the last heartbeat. */
  suspicion(arrival: Arrival, nowMs: number): number;
  /** What it expects, once there was a heartbeat. */
  estimate(arrival: Arrival): Omit<ArrivalEstimate, 'lastSequence' | 'lastArrivedAtMs'>;
  /** Forgets what it learned. */
  reset(): void;
}
