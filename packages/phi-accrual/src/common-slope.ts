import type { ArrivalWindow } from './arrival-window.ts';

/**
 * The slope that both halves of a series show: the lesser of the two, and 0 if they disagree.
 *
 * A clock that runs fast shows in both halves. A route that became longer does not, although the
 * best line through the whole is steep: taken for a slope, it would be carried on into the future.
 *
 * @param values - The series.
 * @param stepAt - How far along the value of this age is from the one before it; of each age in
 *   0..count-1.
 * @returns In ticks for each step along. 0 for fewer than 8 values.
 *
 * @remarks O(n).
 */
export function commonSlope(values: ArrivalWindow, stepAt: (age: number) => number): number {
  const { count } = values;
  if (count < 8) return 0;
  const middle = Math.floor(count / 2);
  const newer = leastSquares(values, stepAt, 0, middle);
  const older = leastSquares(values, stepAt, middle, count);
  if (newer * older <= 0) return 0;
  const least = Math.min(Math.abs(newer), Math.abs(older));
  const most = Math.max(Math.abs(newer), Math.abs(older));
  // A drift is the same in both halves; delays that jump have a slope in each by chance.
  if (2 * least < most) return 0;
  return Math.sign(newer) * least;
}

/** The slope of the best line through the values of ages `from`..`to`, without `to`. */
function leastSquares(
  values: ArrivalWindow,
  stepAt: (age: number) => number,
  from: number,
  to: number,
): number {
  let x = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXx = 0;
  let sumXy = 0;
  for (let age = from; age < to; age += 1) {
    const y = values.at(age);
    sumX += x;
    sumY += y;
    sumXx += x * x;
    sumXy += x * y;
    x -= stepAt(age);
  }
  const count = to - from;
  const spread = count * sumXx - sumX * sumX;
  return spread > 0 ? (count * sumXy - sumX * sumY) / spread : 0;
}
