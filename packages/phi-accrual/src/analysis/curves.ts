import type { DetectorFamily } from './families.ts';
import { type Quality, type QualityOptions, qualityOf } from './quality.ts';
import type { HeartbeatTrace } from './trace.ts';

/** What a family of detectors can do on a trace, setting by setting. */
export interface QualityCurve {
  /** The name of the family. */
  readonly name: string;
  /** In the order of detection times. */
  readonly points: readonly { readonly setting: number; readonly quality: Quality }[];
}

/**
 * The curve of `family`: the mistakes it makes for the time it takes.
 *
 * @param settings - Those to try, each in the range of the family.
 * @throws RangeError if `qualityOf` cannot judge the traces, or `createDetector` refuses a setting.
 * @remarks Replays the traces once for each setting.
 */
export function qualityCurve(
  traces: HeartbeatTrace | readonly HeartbeatTrace[],
  family: DetectorFamily,
  settings: readonly number[],
  options: QualityOptions = {},
): QualityCurve {
  const points = settings.map((setting) => ({
    setting,
    quality: qualityOf(traces, family.make(setting), options),
  }));
  points.sort((a, b) => a.quality.detectionMs - b.quality.detectionMs);
  return { name: family.name, points };
}

/**
 * Settings of `family` from hasty to patient, for a curve: thresholds from 1/2 to 100, margins from
 * 1/16 of an interval to 12.
 *
 * @param intervalMs - The interval of the heartbeats.
 */
export function settingsOf({ range, setting }: DetectorFamily, intervalMs: number): number[] {
  const [least, most] = range;
  return Array.from({ length: 24 }, (_, step) => {
    const intervals = 2 ** (step / 3 - 4);
    if (setting === 'threshold') return Math.min(most, Math.max(least, 8 * intervals));
    const margin = intervalMs * intervals;
    return Math.min(most, Math.max(least, setting === 'timeoutMs' ? intervalMs + margin : margin));
  });
}
