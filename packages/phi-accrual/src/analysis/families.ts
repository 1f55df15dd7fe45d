import { createDetector } from '../create-detector.ts';
import type { DetectorKind, FailureDetector } from '../detector.ts';

/** A kind of detector with one setting left open: the one that trades speed for mistakes. */
export interface DetectorFamily {
  /** For tables and pictures. */
  readonly name: string;
  /** Which option is open. */
  readonly setting: string;
  /** The least and the greatest value of it to try. */
  readonly range: readonly [least: number, most: number];
  /** From a hasty one to a patient one, for curves. */
  readonly usual: readonly [hasty: number, patient: number];
  /** What programs ship with; margins and timeouts are for everybody to choose. */
  readonly preset?: number;
  /** A detector; a greater setting makes one that suspects later. */
  readonly make: (setting: number) => FailureDetector;
}

/** Margins and timeouts reach up to so many intervals. */
const INTERVALS_MAX = 100;

/**
 * The kinds of detector of this package, for heartbeats that come every `intervalMs`, all else
 * being at its default: the first is the default kind.
 *
 * @throws RangeError if `intervalMs` is out of the range that `createDetector` allows.
 */
export function detectorFamilies(intervalMs: number): readonly DetectorFamily[] {
  createDetector({ intervalMs });
  return [...ofThresholds(intervalMs), ...ofMargins(intervalMs), ...ofFactors(intervalMs)];
}

function ofThresholds(intervalMs: number): readonly DetectorFamily[] {
  const family = (
    kind: 'normal' | 'akka' | 'exponential',
    usual: DetectorFamily['usual'],
  ): DetectorFamily => ({
    name: kind,
    setting: 'threshold',
    range: [1e-3, 1_000],
    usual,
    preset: 8,
    make: (threshold) => createDetector({ kind, intervalMs, threshold }),
  });
  return [
    family('normal', [0.5, 128]),
    family('akka', [0.5, 128]),
    family('exponential', [0.5, 8]),
  ];
}

function ofMargins(intervalMs: number): readonly DetectorFamily[] {
  const [least, most] = [1e-6 * intervalMs, INTERVALS_MAX * intervalMs];
  const usual = [intervalMs / 16, 12 * intervalMs] as const;
  const family = (kind: 'chen' | 'two-window'): DetectorFamily => ({
    name: kind,
    setting: 'marginMs',
    range: [least, Math.min(most, 86_400_000)],
    usual,
    make: (marginMs) => createDetector({ kind, intervalMs, marginMs }),
  });
  const fixed: DetectorFamily = {
    name: 'fixed',
    setting: 'timeoutMs',
    range: [intervalMs, Math.min(most, 86_400_000)],
    usual: [intervalMs + usual[0], intervalMs + usual[1]],
    make: (timeoutMs) => createDetector({ kind: 'fixed', intervalMs, timeoutMs }),
  };
  return [family('chen'), family('two-window'), fixed];
}

function ofFactors(intervalMs: number): readonly DetectorFamily[] {
  return [
    {
      name: 'bertier',
      setting: 'phi',
      range: [1e-3, 100],
      usual: [1, 64],
      preset: 4,
      make: (phi) => createDetector({ kind: 'bertier', intervalMs, phi }),
    },
    {
      name: 'histogram',
      setting: 'alpha',
      range: [1, 100],
      usual: [1.05, 12],
      make: (alpha) => createDetector({ kind: 'histogram', intervalMs, alpha }),
    },
  ];
}

/** The families among `families` that are of one of `kinds`, in the order of `kinds`. */
export function familiesOf(
  families: readonly DetectorFamily[],
  kinds: readonly DetectorKind[],
): readonly DetectorFamily[] {
  return kinds.flatMap((kind) => families.filter(({ name }) => name === kind));
}
