/*
 * A set of positive integers as runs: [first, last, first, last, ...], ascending, with at least one
 * number missing between two runs. Counters of one replica arrive almost in order, so that a
 * million of them are a handful of runs.
 *
 *   {1, 2, 3, 5, 9, 10}   is   [1, 3,  5, 5,  9, 10]
 */

/** Runs that nobody writes to. Their length is even. */
export type NumberRuns = readonly number[];

/** Whether these are runs: safe integers from 1 on that rise, with a gap between two runs. */
export function isRuns(runs: NumberRuns): boolean {
  let next = 1;
  for (let at = 0; at < runs.length; at += 2) {
    const first = numberAt(runs, at);
    const last = numberAt(runs, at + 1);
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return false;
    if (first < next || last < first) return false;
    next = last + 2;
  }
  return true;
}

/** The index of the first run that ends at `value` or later; the length if there is none. */
function runAt(runs: NumberRuns, value: number): number {
  let low = 0;
  let high = runs.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(runs, 2 * middle + 1) < value) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

/** Whether `value` is in the set. O(log runs). */
export function hasNumber(runs: NumberRuns, value: number): boolean {
  const at = runAt(runs, value);
  return at < runs.length && numberAt(runs, at) <= value;
}

/** Puts `value` into the set, in place. @returns Whether it is new. O(runs), mostly O(log runs). */
export function addNumber(runs: number[], value: number): boolean {
  const at = runAt(runs, value);
  if (at < runs.length && numberAt(runs, at) <= value) return false;
  const touchesLeft = at > 0 && numberAt(runs, at - 1) === value - 1;
  const touchesRight = at < runs.length && numberAt(runs, at) === value + 1;
  if (touchesLeft && touchesRight) runs.splice(at - 1, 2);
  else if (touchesLeft) runs[at - 1] = value;
  else if (touchesRight) runs[at] = value;
  else runs.splice(at, 0, value, value);
  return true;
}

/** The numbers that are in either set. O(runs of both). */
export function unionOfRuns(left: NumberRuns, right: NumberRuns): number[] {
  const union: number[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const isLeft = j >= right.length || (i < left.length && startsFirst(left, i, right, j));
    const [from, at] = isLeft ? [left, i] : [right, j];
    appendRun(union, numberAt(from, at), numberAt(from, at + 1));
    if (isLeft) i += 2;
    else j += 2;
  }
  return union;
}

/** Whether all numbers of `inner` are in `outer`. O(inner * log outer). */
export function containsRuns(outer: NumberRuns, inner: NumberRuns): boolean {
  for (let at = 0; at < inner.length; at += 2) {
    const around = runAt(outer, numberAt(inner, at));
    if (around >= outer.length || numberAt(outer, around) > numberAt(inner, at)) return false;
    if (numberAt(outer, around + 1) < numberAt(inner, at + 1)) return false;
  }
  return true;
}

/** The numbers from 1 to the largest one that are not in the set, as runs. */
export function gapsOf(runs: NumberRuns): number[] {
  const gaps: number[] = [];
  let next = 1;
  for (let at = 0; at < runs.length; at += 2) {
    if (numberAt(runs, at) > next) gaps.push(next, numberAt(runs, at) - 1);
    next = numberAt(runs, at + 1) + 1;
  }
  return gaps;
}

/** How many numbers are in the set from 1 on without a gap. */
export function prefixOf(runs: NumberRuns): number {
  return runs[0] === 1 ? numberAt(runs, 1) : 0;
}

/** How many gaps there are: runs that something is missing before. */
export function gapCountOf(runs: NumberRuns): number {
  return runs.length / 2 - (runs[0] === 1 ? 1 : 0);
}

function startsFirst(left: NumberRuns, i: number, right: NumberRuns, j: number): boolean {
  return numberAt(left, i) <= numberAt(right, j);
}

/** Adds a run that begins no earlier than the last one. */
function appendRun(runs: number[], first: number, last: number): void {
  const end = runs.length - 1;
  if (end >= 0 && first <= numberAt(runs, end) + 1) {
    runs[end] = Math.max(numberAt(runs, end), last);
    return;
  }
  runs.push(first, last);
}

/** Indexes stay below the length; 0 is no member of a set of positive numbers. */
function numberAt(runs: NumberRuns, at: number): number {
  return runs[at] ?? 0;
}
