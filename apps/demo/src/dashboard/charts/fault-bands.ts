import type { ChartMark } from '../../supervisor/cluster-view.ts';

/** A time in which something was wrong, in ms. */
export interface FaultBand {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** From each fault to the repair of the last one that was there; `heal` repairs all at once. */
export function faultBands(marks: readonly ChartMark[], nowMs: number): readonly FaultBand[] {
  const bands: FaultBand[] = [];
  let [depth, fromMs] = [0, 0];
  for (const { atMs, kind, text } of marks) {
    if (kind === 'fault') {
      if (depth === 0) fromMs = atMs;
      depth += 1;
    }
    if (kind !== 'repair' || depth === 0) continue;
    depth = text.startsWith('heal') || text.startsWith('calm') ? 0 : depth - 1;
    if (depth === 0) bands.push({ fromMs, untilMs: atMs });
  }
  return depth === 0 ? bands : [...bands, { fromMs, untilMs: nowMs }];
}
