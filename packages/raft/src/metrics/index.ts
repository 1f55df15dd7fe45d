export { allProbes } from './all-probes.ts';
export { Histogram, secondsBounds } from './histogram.ts';
export { openMetrics, openMetricsType } from './open-metrics.ts';
export { type ProposalStage, proposalStages } from './proposal-stages.ts';
export { type MessageCounts, RaftMetrics } from './raft-metrics.ts';
export type { RaftProbe, RequestKind } from '../node/probe.ts';
