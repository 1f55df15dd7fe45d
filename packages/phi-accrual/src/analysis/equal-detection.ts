/**
 * Comparing detectors at equal detection time.
 *
 * "Three mistakes an hour" against "five mistakes an hour" compares nothing while one detector
 * takes longer to notice a crash. Each has a setting that buys fewer mistakes with more patience;
 * only where both are equally patient is the one with fewer mistakes the better one. So the setting
 * of a rival is searched for at which its mean detection time is that of the other, and then
 * mistakes are counted.
 *
 * The mean detection time rises with the setting, along a line that is straight for a margin and
 * bent for a threshold. The search is the rule of false position, which takes the zero of the
 * chord, in the variant that halves the weight of an end that stands still twice: half a dozen
 * replays.
 *
 * Source of the variant: Dowell, Jarratt, "A modified regula falsi method for computing the root of
 * an equation", BIT 11, 1971.
 */
import type { DetectorFamily } from './families.ts';
import { type Quality, type QualityOptions, qualityOf } from './quality.ts';
import type { HeartbeatTrace } from './trace.ts';

/** What a family can do at a given detection time. */
export interface SettingFound {
  /** The name of the family. */
  readonly name: string;
  /** Whether its mean detection time is the one asked for, to a thousandth. */
  readonly isMet: boolean;
  /** The setting; where it is not met, the end of the range that comes nearest. */
  readonly setting: number;
  readonly quality: Quality;
}

/** The replays that a search may take; a dozen are plenty. */
const REPLAYS_MAX = 40;

/** Mean detection times count as equal when they differ by less than this share. */
const TOLERANCE = 1e-4;

/**
 * The setting of `family` at which a crash is noticed after `detectionMs` on average.
 *
 * @param traces - As for `qualityOf`.
 * @param detectionMs - The mean detection time to meet, above 0.
 * @throws RangeError if `detectionMs` is no such number, or `qualityOf` cannot judge the traces.
 * @remarks Replays the traces about eight times.
 *
 * @example
 * ```ts
 * import { detectorFamilies, generateTrace } from '@quorate/phi-accrual/analysis';
 * import { seededRandom } from '@quorate/transport/system';
 *
 * const trace = generateTrace('lan', { random: seededRandom(1), count: 5_000 });
 * const timeouts = detectorFamilies(1_000).find(({ name }) => name === 'fixed');
 * const found = timeouts && settingFor(trace, timeouts, 1_800);
 * found?.setting.toFixed(); // => '1800'
 * ```
 */
export function settingFor(
  traces: HeartbeatTrace | readonly HeartbeatTrace[],
  family: DetectorFamily,
  detectionMs: number,
  options: QualityOptions = {},
): SettingFound {
  if (!(detectionMs > 0 && Number.isFinite(detectionMs))) {
    throw new RangeError(`detectionMs: expected a finite number above 0, got ${detectionMs}`);
  }
  const at = (setting: number): Attempt => {
    const quality = qualityOf(traces, family.make(setting), options);
    return { setting, quality, excessMs: quality.detectionMs - detectionMs };
  };
  const found = search(at, family.range, TOLERANCE * detectionMs);
  const isMet = Math.abs(found.excessMs) <= 10 * TOLERANCE * detectionMs;
  return { name: family.name, isMet, setting: found.setting, quality: found.quality };
}

interface Attempt {
  readonly setting: number;
  readonly quality: Quality;
  readonly excessMs: number;
}

function search(
  at: (setting: number) => Attempt,
  [least, most]: readonly [number, number],
  toleranceMs: number,
): Attempt {
  const [low, high] = [at(least), at(most)];
  if (low.excessMs >= 0) return low;
  if (high.excessMs <= 0) return high;
  let [from, to, fromMs, toMs] = [low.setting, high.setting, low.excessMs, high.excessMs];
  let stood = 0;
  let best = -low.excessMs < high.excessMs ? low : high;
  for (let replays = 2; replays < REPLAYS_MAX; replays += 1) {
    const next = at((from * toMs - to * fromMs) / (toMs - fromMs));
    if (Math.abs(next.excessMs) < Math.abs(best.excessMs)) best = next;
    if (Math.abs(next.excessMs) <= toleranceMs) break;
    if (next.excessMs < 0) {
      [from, fromMs] = [next.setting, next.excessMs];
      if (stood === 1) toMs /= 2;
      stood = 1;
    } else {
      [to, toMs] = [next.setting, next.excessMs];
      if (stood === -1) fromMs /= 2;
      stood = -1;
    }
  }
  return best;
}

/** One row of a comparison: all families at the detection time of the first. */
export interface EqualDetection {
  readonly detectionMs: number;
  readonly first: SettingFound;
  readonly rivals: readonly SettingFound[];
}

/**
 * What each of `rivals` does at the mean detection times that `first` has with `settings`.
 *
 * @throws RangeError as `settingFor` does.
 */
export function compareAtEqualDetection(
  traces: HeartbeatTrace | readonly HeartbeatTrace[],
  first: DetectorFamily,
  settings: readonly number[],
  rivals: readonly DetectorFamily[],
  options: QualityOptions = {},
): readonly EqualDetection[] {
  return settings.map((setting) => {
    const quality = qualityOf(traces, first.make(setting), options);
    const { detectionMs } = quality;
    return {
      detectionMs,
      first: { name: first.name, isMet: true, setting, quality },
      rivals: rivals.map((rival) => settingFor(traces, rival, detectionMs, options)),
    };
  });
}
