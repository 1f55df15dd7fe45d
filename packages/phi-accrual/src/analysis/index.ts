export { TraceFormatError } from '../errors.ts';
export { type QualityCurve, qualityCurve, settingsOf } from './curves.ts';
export { curvesPicture } from './curves-picture.ts';
export type { TimeDistribution } from './draws.ts';
export {
  compareAtEqualDetection,
  type EqualDetection,
  settingFor,
  type SettingFound,
} from './equal-detection.ts';
export { type DetectorFamily, detectorFamilies, familiesOf } from './families.ts';
export { generateTrace, type GeneratorOptions } from './generate-trace.ts';
export type { LossModel } from './loss.ts';
export type { PauseModel } from './pauses.ts';
export { analyse, type AnalysisReport, reportText } from './report.ts';
export { parseRoundTrips } from './round-trips.ts';
export { type Quality, type QualityOptions, qualityOf } from './quality.ts';
export { type HeartbeatTrace, heartbeatTrace, type TraceColumns, traceCountMax } from './trace.ts';
export { type TraceKind, type TraceModel, traceModels } from './trace-models.ts';
export { parseTrace, printTrace, type TraceTextOptions } from './trace-text.ts';
