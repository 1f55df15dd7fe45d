/*
 * A violation among thousands of operations convinces nobody. This finds a few that suffice.
 *
 * Naive shrinking misleads: drop a write, and a read of what it wrote becomes a violation of its
 * own, so the smallest illegal history is often one innocent read. Three rules keep it honest:
 *
 * 1. The history is cut behind the first return that makes it illegal. That operation is the
 *    culprit: without it everything before was still linearizable. What was open then is of unknown
 *    outcome.
 * 2. Something may be dropped only if the rest is illegal with the culprit and still linearizable
 *    without it.
 * 3. And only if the culprit's answer stays explicable: possible if some of the rest had happened,
 *    at whatever time. (If nothing ever explained it, this rule does not apply.)
 *
 * So every value that is read has its write, and what is left contradicts the culprit.
 *
 * Large pieces can rarely be dropped while reads hold on to their writes, so all reads are tried
 * first, then clients, then operations. All trials together have a bound: past it, what is left is
 * shown as it is, and does not claim to be minimal.
 *
 * Source: A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE
 * TSE 2002 (ddmin), over clients first and then over operations.
 */

import { type History, type Operation, returnTimeOf } from './history.ts';
import type { Model } from './model.ts';
import { isRead, partitionsOf } from './partition.ts';
import { Search } from './search.ts';

/** A few operations that show why the history is not linearizable. */
export interface Counterexample<Input, Output> {
  /** All that is needed, in the order of the calls, the culprit among them. */
  readonly operations: History<Input, Output>;
  /** The operation whose answer is impossible; without it the others are linearizable. */
  readonly culprit: Operation<Input, Output>;
  /** Whether none of the operations can be dropped; false if a bound was met first. */
  readonly isMinimal: boolean;
}

/** Steps that one trial may take, whatever its size: one not decided by then keeps what it had. */
const TRIAL_STEPS_MAX = 200_000;

/** Steps that one trial may take for each of its operations. */
const TRIAL_STEPS_PER_OPERATION = 20;

/** Steps and operations looked at in all trials: some seconds. */
const WORK_MAX = 30_000_000;

/** How many returns the first trial to find the culprit looks at. */
const PREFIX_MIN = 64;

const TRIAL_MEMORY_BYTES = 64 * 1024 * 1024;

type Verdict = 'legal' | 'illegal' | 'undecided';

/** Decides histories, as long as there is work left to spend. */
interface Judge<Input, Output> {
  of(history: History<Input, Output>): Verdict;
  /** Whether a trial was left undecided. */
  readonly hasDoubt: boolean;
}

/**
 * Reduces one illegal partition.
 *
 * @param operations - Of one partition, not linearizable, in the order of their calls.
 * @returns A counterexample from which no client and no operation can be dropped, as far as the
 *   bounds let it see; `undefined` if not even the culprit could be found within them.
 */
export function counterexampleOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
): Counterexample<Input, Output> | undefined {
  const judge = judgeOf(model);
  const cut = cutBehindCulprit(operations, judge);
  if (cut === undefined) return undefined;
  const { culprit } = cut;
  const isExplicable = (others: History<Input, Output>): boolean =>
    judge.of([{ ...culprit, callTime: Number.NEGATIVE_INFINITY }, ...others.map(toUnknown)]) ===
    'legal';
  const mustExplain = isExplicable(cut.others);
  const isEnough = (others: History<Input, Output>): boolean =>
    judge.of([...others, culprit]) === 'illegal' &&
    judge.of(others) === 'legal' &&
    (!mustExplain || isExplicable(others));

  let others = cut.others;
  const changes = others.filter((operation) => !isRead(model, operation));
  if (isEnough(changes)) others = changes;
  const clients = [...new Set(others.map(({ process }) => process))];
  const kept = minimize(clients, (chosen) => {
    const chosenClients = new Set(chosen);
    return isEnough(others.filter(({ process }) => chosenClients.has(process)));
  });
  others = others.filter(({ process }) => kept.includes(process));
  others = minimize(others, isEnough);
  const all = [...others, culprit].sort((left, right) => left.callTime - right.callTime);
  return { operations: all, culprit, isMinimal: !judge.hasDoubt };
}

function judgeOf<State, Input, Output>(model: Model<State, Input, Output>): Judge<Input, Output> {
  let workLeft = WORK_MAX;
  let hasDoubt = false;
  const decide = (history: History<Input, Output>): Verdict => {
    const budget = { bytesLeft: TRIAL_MEMORY_BYTES };
    let verdict: Verdict = 'legal';
    workLeft -= history.length;
    for (const partition of partitionsOf(model, history)) {
      const search = new Search(model, partition, budget);
      const stepsMax = TRIAL_STEPS_MAX + TRIAL_STEPS_PER_OPERATION * history.length;
      const found = search.run(Math.max(0, Math.min(workLeft, stepsMax)));
      workLeft -= search.steps;
      if (found === 'not-linearizable') return 'illegal';
      if (found !== 'linearizable') verdict = 'undecided';
    }
    return verdict;
  };
  return {
    of: (history) => {
      const verdict = workLeft > 0 ? decide(history) : 'undecided';
      if (verdict === 'undecided') hasDoubt = true;
      return verdict;
    },
    get hasDoubt() {
      return hasDoubt;
    },
  };
}

/**
 * Finds the first return behind which the history is illegal: by doubling, then by halving, so that
 * what lies far behind it costs nothing.
 */
function cutBehindCulprit<Input, Output>(
  operations: History<Input, Output>,
  judge: Judge<Input, Output>,
): { culprit: Operation<Input, Output>; others: History<Input, Output> } | undefined {
  const returned = operations
    .filter(({ outcome }) => outcome.kind === 'ok')
    .sort((left, right) => returnTimeOf(left) - returnTimeOf(right));
  const isLegal = (count: number): boolean =>
    judge.of(prefixOf(operations, returned, count)) === 'legal';
  let legalCount = 0;
  let illegalCount = Math.min(PREFIX_MIN, returned.length);
  while (illegalCount < returned.length && isLegal(illegalCount)) {
    legalCount = illegalCount;
    illegalCount = Math.min(returned.length, illegalCount * 2);
  }
  while (illegalCount - legalCount > 1) {
    const middle = (legalCount + illegalCount) >>> 1;
    if (isLegal(middle)) legalCount = middle;
    else illegalCount = middle;
  }
  const culprit = returned[illegalCount - 1];
  if (culprit === undefined) return undefined;
  const prefix = prefixOf(operations, returned, illegalCount);
  if (judge.of(prefix) !== 'illegal') return undefined;
  return { culprit, others: prefix.filter((operation) => operation !== culprit) };
}

/** What was known right after `returned[count - 1]` had returned. */
function prefixOf<Input, Output>(
  operations: History<Input, Output>,
  returned: History<Input, Output>,
  count: number,
): History<Input, Output> {
  const known = new Set(returned.slice(0, count));
  const last = returned[count - 1];
  const until = last === undefined ? Number.NEGATIVE_INFINITY : returnTimeOf(last);
  return operations
    .filter(({ callTime }) => callTime <= until)
    .map((operation) => (known.has(operation) ? operation : toUnknown(operation)));
}

/** The same operation, as if its client had never heard back. */
function toUnknown<Input, Output>(operation: Operation<Input, Output>): Operation<Input, Output> {
  return { ...operation, outcome: { kind: 'info' } };
}

/** ddmin: the smallest part of `items` it finds that still `isEnough`, in the same order. */
function minimize<Item>(
  items: readonly Item[],
  isEnough: (chosen: readonly Item[]) => boolean,
): readonly Item[] {
  let kept = items;
  let chunkSize = Math.ceil(kept.length / 2);
  while (chunkSize >= 1 && kept.length > 0) {
    let droppedAny = false;
    for (let start = 0; start < kept.length;) {
      const without = [...kept.slice(0, start), ...kept.slice(start + chunkSize)];
      if (isEnough(without)) {
        kept = without;
        droppedAny = true;
      } else {
        start += chunkSize;
      }
    }
    if (chunkSize === 1 && !droppedAny) break;
    chunkSize = chunkSize === 1 ? 1 : Math.ceil(chunkSize / 2);
  }
  return kept;
}
