import type { RaftTuning } from '../options.ts';
import type { ReadConsistency, ReadOptions } from './outcomes.ts';

const consistencies: readonly ReadConsistency[] = ['linearizable', 'lease', 'bounded', 'stale'];

/** @throws RangeError if no read can be confirmed like that. */
export function checkReadOptions(
  { consistency = 'linearizable', maxStalenessMs }: ReadOptions,
  { maxClockDriftPpm }: Pick<RaftTuning, 'maxClockDriftPpm'>,
): void {
  if (!consistencies.includes(consistency)) {
    const known = consistencies.join(', ');
    throw new RangeError(`consistency: expected one of ${known}, got ${consistency}`);
  }
  if (consistency === 'lease' && maxClockDriftPpm === 0) {
    throw new RangeError("consistency: expected maxClockDriftPpm above 0 for 'lease', got 0");
  }
  if (consistency !== 'bounded') {
    if (maxStalenessMs === undefined) return;
    throw new RangeError(
      `maxStalenessMs: expected only with consistency 'bounded', got ${String(maxStalenessMs)}`,
    );
  }
  if (!Number.isFinite(maxStalenessMs) || maxStalenessMs === undefined || maxStalenessMs <= 0) {
    throw new RangeError(
      `maxStalenessMs: expected a finite number above 0, got ${String(maxStalenessMs)}`,
    );
  }
}
