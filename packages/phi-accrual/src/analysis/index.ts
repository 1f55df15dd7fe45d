export type { TimeDistribution } from './draws.ts';
export { generateTrace, type GeneratorOptions } from './generate-trace.ts';
export type { LossModel } from './loss.ts';
export type { PauseModel } from './pauses.ts';
export { type Quality, type QualityOptions, qualityOf } from './quality.ts';
export { type HeartbeatTrace, heartbeatTrace, type TraceColumns, traceCountMax } from './trace.ts';
export { type TraceKind, type TraceModel, traceModels } from './trace-models.ts';
