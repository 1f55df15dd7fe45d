export type { EdgeMessage, NodeMessage } from '../codec/edge-messages.ts';
export type { StateHash } from '../codec/state-hash.ts';
export type { MessageKind } from '../codec/kinds.ts';
export { allProbes } from './all-probes.ts';
export { Histogram, secondsBounds } from './histogram.ts';
export { openMetrics, openMetricsType } from './open-metrics.ts';
export { type ProposalStage, proposalStages } from './node/proposal-stages.ts';
export { type MessageCounts, RaftMetrics } from './node/raft-metrics.ts';
export type { RaftProbe, RequestKind } from '../node/probe.ts';
