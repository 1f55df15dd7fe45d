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

/** Points that a curve is drawn through. */
const POINTS = 24;

/** Settings of `family` from a hasty one to a patient one, each larger by the same factor. */
export function settingsOf({ usual: [hasty, patient] }: DetectorFamily): number[] {
  return Array.from(
    { length: POINTS },
    (_, step) => hasty * (patient / hasty) ** (step / (POINTS - 1)),
  );
}
