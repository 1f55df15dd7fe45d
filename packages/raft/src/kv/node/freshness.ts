import { checkReadOptions } from '../../node/check-read-options.ts';
import type { ReadFreshness } from '../../node/outcomes.ts';

/** Whether there are leases is for the nodes to know. */
const withLeases = { maxClockDriftPpm: 1 };

/**
 * What a query says of the freshness of its answer: nothing where it is the default.
 *
 * @throws RangeError if it is none, or bounded by no whole number of milliseconds.
 */
export function freshnessIn(options: ReadFreshness): { readonly freshness?: ReadFreshness } {
  checkReadOptions(options, withLeases);
  if (options.consistency === 'bounded') {
    const { consistency, maxStalenessMs } = options;
    if (!Number.isSafeInteger(maxStalenessMs)) {
      throw new RangeError(`maxStalenessMs: expected whole milliseconds, got ${maxStalenessMs}`);
    }
    return { freshness: { consistency, maxStalenessMs } };
  }
  const { consistency = 'linearizable' } = options;
  return consistency === 'linearizable' ? {} : { freshness: { consistency } };
}
