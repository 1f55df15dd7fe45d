import { createDetector } from '../create-detector.ts';
import type { FailureDetector } from '../detector.ts';

/** A kind of detector with one setting left open: the one that trades speed for mistakes. */
export interface DetectorFamily {
  /** For tables and pictures. */
  readonly name: string;
  /** Which option is open. */
  readonly setting: string;
  /** The least and the greatest value of it that make sense. */
  readonly range: readonly [least: number, most: number];
  /** What programs ship with; margins and timeouts are for everybody to choose. */
  readonly preset?: number;
  /** A detector; a greater setting makes one that suspects later. */
  readonly make: (setting: number) => FailureDetector;
}

/** Settings reach from nearly nothing to so many intervals. */
const INTERVALS_MAX = 100;

/**
 * The kinds of detector of this package, for heartbeats that come every `intervalMs`, all else
 * being at its default: the first is the default kind, the others are its rivals.
 *
 * @throws RangeError if `intervalMs` is out of the range that `createDetector` allows.
 */
export function detectorFamilies(intervalMs: number): readonly DetectorFamily[] {
  createDetector({ intervalMs });
  const range = [1e-6 * intervalMs, INTERVALS_MAX * intervalMs] as const;
  return [
    {
      name: 'normal',
      setting: 'threshold',
      range: [1e-3, 1_000],
      preset: 8,
      make: (threshold) => createDetector({ intervalMs, threshold }),
    },
    {
      name: 'chen',
      setting: 'marginMs',
      range,
      make: (marginMs) => createDetector({ kind: 'chen', intervalMs, marginMs }),
    },
    {
      name: 'two-window',
      setting: 'marginMs',
      range,
      make: (marginMs) => createDetector({ kind: 'two-window', intervalMs, marginMs }),
    },
    {
      name: 'fixed',
      setting: 'timeoutMs',
      range: [intervalMs, range[1]],
      make: (timeoutMs) => createDetector({ kind: 'fixed', intervalMs, timeoutMs }),
    },
  ];
}
