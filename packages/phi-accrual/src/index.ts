export { configure, type QosOutcome, type QosRequirement } from './configure.ts';
export { createDetector } from './create-detector.ts';
export type {
  AkkaOptions,
  BertierOptions,
  ChenOptions,
  DetectorOptions,
  ExponentialOptions,
  FixedOptions,
  HistogramOptions,
  IntervalOptions,
  IntervalWindowed,
  NormalOptions,
  ScheduledOptions,
  TwoWindowOptions,
} from './detector-options.ts';
export type { ArrivalEstimate, DetectorKind, FailureDetector } from './detector.ts';
export { PhiAccrualError, type PhiAccrualErrorCode } from './errors.ts';
export { explain, type Explanation } from './explain.ts';
export { InvariantViolation } from './invariant.ts';
export {
  recommend,
  type RecommendOptions,
  type Recommendation,
  type RecordedHeartbeat,
} from './recommend.ts';
export { akkaDeviations, akkaPhi } from './tails/akka.ts';
export {
  empiricalPhi,
  exponentialPhi,
  lognormalPhi,
  paretoPhi,
  weibullPhi,
} from './tails/distributions.ts';
export { normalDeviations, normalPhi } from './tails/normal.ts';
export { DeadlineHeap } from './peers/deadline-heap.ts';
export { HeartbeatSchedule } from './peers/heartbeat-schedule.ts';
export {
  type FlapMemory,
  holdOf,
  type Hysteresis,
  hysteresisOf,
  type HysteresisOptions,
} from './peers/hysteresis.ts';
export { LocalHealth } from './peers/local-health.ts';
export { LocalPauseGuard } from './peers/local-pause.ts';
export type { PeerStatus, Receipt, ReceiptCounts, Transition } from './peers/opinion.ts';
export { OutboundLink, type OutboundState } from './peers/outbound-link.ts';
export type { PeerState } from './peers/peer-record.ts';
export type { PeerTableOptions } from './peers/peer-table-options.ts';
export { PeerTable } from './peers/peer-table.ts';
export { type ProbeErrand, ProbeErrands, ProbeRounds, type RoundEnd } from './peers/probes.ts';
