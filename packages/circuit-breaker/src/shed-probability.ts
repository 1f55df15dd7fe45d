/*
 * Which calls to give up first when there are too many.
 *
 * A limit alone refuses whoever comes last: the payment as well as the preview. Classes of calls
 * are given up one after the other as the load rises, each over a range of its own:
 *
 *     refused
 *     share  1 |            ________            ________
 *              |   preview /          payment  /
 *              |          /                   /
 *            0 |_________/___________________/__________
 *              0       0.6    0.8           1.0    1.2    utilization
 *
 * Within its range, the share that is refused rises on a line. A threshold would refuse all of a
 * class at once; the load would fall, all would be admitted, and it would rise again.
 *
 * Sources: B. Beyer et al., "Site Reliability Engineering", 2016, chapter 21 (criticality); Stripe,
 * "Scaling your API with rate limiters", 2017 (load shedders that act slowly, in and out).
 */
import { checkNumber } from './bounds.ts';

/** Where a class of calls begins to be given up, and where all of it is. */
export interface ShedRange {
  /** The utilization up to which all are admitted, 0..10. 1 is what the service can take. */
  readonly from: number;
  /** The utilization from which on none is, `from`..10. */
  readonly to: number;
}

/** @throws RangeError if an end of `range` is none, or they stand the wrong way round. */
export function checkShedRange(name: string, { from, to }: ShedRange): void {
  checkNumber(`${name}.from`, from, 0, 10);
  checkNumber(`${name}.to`, to, from, 10);
}

/** With which probability a call is refused at `utilization`, in 0..1. */
export function shedProbability({ from, to }: ShedRange, utilization: number): number {
  if (utilization >= to && utilization > from) return 1;
  // A utilization that is no number comes from a caller's division by zero: nothing is known, so
  // nothing is refused.
  if (!(utilization > from)) return 0;
  return (utilization - from) / (to - from);
}
