/*
 * A violation among thousands of operations convinces nobody. This finds a few that suffice.
 *
 * Naive shrinking misleads: drop a write, and a read of what it wrote becomes a violation of its
 * own, so the smallest illegal history is often one innocent read. Four rules keep it honest:
 *
 * 1. The history is cut behind the first return that makes it illegal. That operation is the
 *    culprit: without it everything before was still linearizable. What was open then is of unknown
 *    outcome.
 * 2. Something may be dropped only if the rest is illegal with the culprit and still linearizable
 *    without it.
 * 3. And only if the culprit's answer stays explicable: possible if some of the rest had happened,
 *    at whatever time. (If nothing ever explained it, this rule does not apply.)
 *
 * 4. And only for a reason that the whole history has as well. Take away who released a lock, and
 *    whoever acquires it next seems to be wrong. So first only such operations are dropped without
 *    which the object ends in the same state; and then only such that none of them, put back alone,
 *    makes the rest legal.
 *
 * So every value that is read has its write, and what is left contradicts the culprit.
 *
 * Out of a long history pieces can rarely be dropped: what comes later hangs on what came before.
 * So the search begins with what happened last. In some order all but the culprit is legal; its
 * last steps are run again from the start, without those that are not possible so, and together
 * with the operation that explains the culprit. Mostly that is enough. If not, twice as many are
 * taken, and in the end all. All trials together have a bound: past it, what is left is shown as it
 * is, and does not claim to be minimal.
 *
 * Source: A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE
 * TSE 2002 (ddmin), over clients first and then over operations.
 */

import { type History, type Operation, returnTimeOf } from './history.ts';
import type { Model } from './model.ts';
import { isRead } from './partition.ts';
import { stepAll } from './stepping.ts';
import { structuralEquals } from './structural.ts';
import { inOneGo, type Sliced, Trials } from './trials.ts';

/** A few operations that show why the history is not linearizable. */
export interface Counterexample<Input, Output> {
  /** All that is needed, in the order of the calls, the culprit among them. */
  readonly operations: History<Input, Output>;
  /** The operation whose answer is impossible; without it the others are linearizable. */
  readonly culprit: Operation<Input, Output>;
  /** Whether none of the operations can be dropped; false if a bound was met first. */
  readonly isMinimal: boolean;
}

/** How many operations the first attempt looks at, and the last before all are. */
const ATTEMPT_MIN = 32;
const ATTEMPT_MAX = 4_096;

/** Out of how many operations at most the fourth rule is applied: it takes many trials. */
const FOURTH_RULE_MAX = 128;

/** Out of how many operations at most all pairs are tried. */
const PAIRS_MAX = 64;

/** Whether `chosen` shows that the culprit is impossible. */
type IsEnough<Input, Output> = (chosen: History<Input, Output>) => Sliced<boolean>;

/** Reduces one illegal partition in one go, as `reductionOf` does in slices. */
export function counterexampleOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
  stuckBetween?: readonly [number, number],
): Counterexample<Input, Output> | undefined {
  return inOneGo(reductionOf(model, operations, stuckBetween, new Trials(model)));
}

/**
 * Reduces one illegal partition.
 *
 * @param operations - Of one partition, not linearizable, in the order of their calls.
 * @param stuckBetween - What the search said about where the culprit is, if it is known.
 * @param trials - Set the slices. Stopped between two of them, they end the reduction soon.
 * @param onSmaller - Told of what is looked at first, and then of every smaller set that suffices.
 * @returns A counterexample from which no client and no operation can be dropped, as far as the
 *   bounds let it see; `undefined` if not even the culprit could be found within them.
 */
export function* reductionOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: History<Input, Output>,
  stuckBetween: readonly [number, number] | undefined,
  trials: Trials<State, Input, Output>,
  onSmaller?: (operations: History<Input, Output>) => void,
): Sliced<Counterexample<Input, Output> | undefined> {
  const cut = yield* cutBehindCulprit(operations, trials, stuckBetween);
  if (cut === undefined) return undefined;
  const { culprit } = cut;
  const { start, isEnough } = yield* startOf(model, trials, cut);
  const told = (judged: IsEnough<Input, Output>): IsEnough<Input, Output> =>
    function* (chosen) {
      const isSmaller = yield* judged(chosen);
      if (isSmaller) onSmaller?.(inOrderOfCalls([...chosen, culprit]));
      return isSmaller;
    };
  onSmaller?.(inOrderOfCalls([...start, culprit]));
  let others = start;
  let isHonest: IsEnough<Input, Output> | undefined;
  if (start.length <= FOURTH_RULE_MAX) {
    const stateOf = finalStateOf(model, trials);
    const state = yield* stateOf(start);
    const keepsState: IsEnough<Input, Output> = function* (chosen) {
      return (yield* isEnough(chosen)) && (yield* stateOf(chosen)) === state;
    };
    others = yield* reduce(start, trials, told(keepsState));
    others = yield* dropPairs(others, trials, told(keepsState));
    isHonest = putsBack(model, trials, cut.culprit, others);
  }
  const doubtsBefore = trials.doubtCount;
  const isHonestEnough: IsEnough<Input, Output> = function* (chosen) {
    return (yield* isEnough(chosen)) && (isHonest === undefined || (yield* isHonest(chosen)));
  };
  others = yield* reduce(others, trials, told(isHonestEnough));
  const hasDoubt = trials.doubtCount > doubtsBefore || trials.isSpent;
  const all = inOrderOfCalls([...others, culprit]);
  return { operations: all, culprit, isMinimal: !hasDoubt };
}

function inOrderOfCalls<Input, Output>(
  operations: readonly Operation<Input, Output>[],
): History<Input, Output> {
  return operations.toSorted((left, right) => left.callTime - right.callTime);
}

/** Drops clients first and then operations, as long as the rest is enough. */
function* reduce<Input, Output>(
  operations: History<Input, Output>,
  trials: { readonly isSpent: boolean },
  isEnough: IsEnough<Input, Output>,
): Sliced<History<Input, Output>> {
  const ofClients = (clients: readonly (string | number)[]): History<Input, Output> => {
    const chosen = new Set(clients);
    return operations.filter(({ process }) => chosen.has(process));
  };
  const clients = [...new Set(operations.map(({ process }) => process))];
  const kept = yield* minimize(clients, trials, (chosen) => isEnough(ofClients(chosen)));
  return yield* minimize(ofClients(kept), trials, isEnough);
}

/** Numbers the state in which an order leaves the object, equal ones alike; -1 if unknown. */
function finalStateOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  trials: Trials<State, Input, Output>,
): (history: History<Input, Output>) => Sliced<number> {
  const equals = model.equals?.bind(model) ?? structuralEquals;
  const known: State[] = [];
  return function* (history) {
    const order = yield* trials.orderOf(history);
    if (order === undefined) return -1;
    let states: readonly State[] = [model.init()];
    for (const operation of order) states = stepAll(model, states, operation);
    const [state] = states;
    if (state === undefined) return -1;
    const number = known.findIndex((other) => equals(other, state));
    return number === -1 ? known.push(state) - 1 : number;
  };
}

/** Whether none of `all` that was not chosen, put back alone, makes the rest legal. */
function putsBack<State, Input, Output>(
  model: Model<State, Input, Output>,
  trials: Trials<State, Input, Output>,
  culprit: Operation<Input, Output>,
  all: History<Input, Output>,
): IsEnough<Input, Output> {
  const changes = all.filter((operation) => !isRead(model, operation));
  return function* (chosen) {
    const isKept = new Set(chosen);
    for (const operation of changes) {
      if (isKept.has(operation)) continue;
      if ((yield* trials.judge([...chosen, operation, culprit])) === 'legal') return false;
    }
    return true;
  };
}

interface Cut<Input, Output> {
  readonly culprit: Operation<Input, Output>;
  /** All that was known before the culprit returned. */
  readonly others: History<Input, Output>;
}

/** What to reduce, and which reductions are honest. */
function* startOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  trials: Trials<State, Input, Output>,
  { culprit, others }: Cut<Input, Output>,
): Sliced<{ start: History<Input, Output>; isEnough: IsEnough<Input, Output> }> {
  const isContradicted: IsEnough<Input, Output> = function* (chosen) {
    if ((yield* trials.judge([...chosen, culprit])) !== 'illegal') return false;
    return (yield* trials.judge(chosen)) === 'legal';
  };
  const explanation = explanationOf(model, { culprit, others });
  const isExplained: IsEnough<Input, Output> = function* (chosen) {
    if (explanation !== undefined) {
      return explanation.every((operation) => chosen.includes(operation));
    }
    const early = { ...culprit, callTime: Number.NEGATIVE_INFINITY };
    return (yield* trials.judge([early, ...chosen.map(toUnknown)])) === 'legal';
  };
  const isEnough: IsEnough<Input, Output> = function* (chosen) {
    return (yield* isContradicted(chosen)) && (yield* isExplained(chosen));
  };

  const order = (yield* trials.orderOf(others)) ?? [];
  for (let count = ATTEMPT_MIN; count <= ATTEMPT_MAX; count *= 2) {
    const start = lastOf(model, order, explanation ?? [], count);
    if (yield* isContradicted(start)) {
      const doubtsBefore = trials.doubtCount;
      if (yield* isExplained(start)) return { start, isEnough };
      // What explains it is found among few or hardly at all: only all are tried once more.
      if (trials.doubtCount > doubtsBefore) break;
    }
    if (count >= order.length) break;
  }
  if (yield* isExplained(others)) return { start: others, isEnough };
  // Nothing explains it, as far as that could be found out.
  const start = (yield* isContradicted([])) ? [] : others;
  return { start, isEnough: isContradicted };
}

/**
 * What makes the culprit's answer possible: nothing, if it was possible from the start, or the last
 * operation that does so alone; `undefined` if there is none.
 */
function explanationOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { culprit, others }: Cut<Input, Output>,
): History<Input, Output> | undefined {
  const initial = [model.init()];
  if (stepAll(model, initial, culprit).length > 0) return [];
  const explaining = others.findLast((operation) => {
    const states = stepAll(model, initial, toUnknown(operation));
    return stepAll(model, states, culprit).length > 0;
  });
  return explaining === undefined ? undefined : [explaining];
}

/** The last `count` of `order` and `explanation`, as far as they can be run from the start. */
function lastOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  order: History<Input, Output>,
  explanation: History<Input, Output>,
  count: number,
): History<Input, Output> {
  const last = order.slice(-count);
  const before = explanation.filter((operation) => !last.includes(operation));
  let states: readonly State[] = [model.init()];
  const possible = [...before, ...last].filter((operation) => {
    const next = stepAll(model, states, operation);
    if (next.length > 0) states = next;
    return next.length > 0;
  });
  return possible.sort((left, right) => left.callTime - right.callTime);
}

/**
 * Finds the first return behind which the history is illegal. If nothing is known about where it
 * is, by doubling first and then by halving, so that what lies far behind it costs nothing.
 */
function* cutBehindCulprit<State, Input, Output>(
  operations: History<Input, Output>,
  trials: Trials<State, Input, Output>,
  stuckBetween: readonly [number, number] | undefined,
): Sliced<Cut<Input, Output> | undefined> {
  const returned = [...operations.entries()]
    .filter(([, { outcome }]) => outcome.kind === 'ok')
    .sort(([, left], [, right]) => returnTimeOf(left) - returnTimeOf(right));
  const inOrder = returned.map(([, operation]) => operation);
  const placeOf = (index: number): number => returned.findIndex(([other]) => other === index);
  const isLegal = function* (count: number): Sliced<boolean> {
    return (yield* trials.judge(prefixOf(operations, inOrder, count))) === 'legal';
  };
  let legalCount = stuckBetween === undefined ? 0 : placeOf(stuckBetween[0]);
  let illegalCount = stuckBetween === undefined ? ATTEMPT_MIN : placeOf(stuckBetween[1]) + 1;
  while (stuckBetween === undefined && illegalCount < inOrder.length) {
    if (!(yield* isLegal(illegalCount))) break;
    legalCount = illegalCount;
    illegalCount *= 2;
  }
  illegalCount = Math.min(illegalCount, inOrder.length);
  while (illegalCount - legalCount > 1) {
    const middle = (legalCount + illegalCount) >>> 1;
    if (yield* isLegal(middle)) legalCount = middle;
    else illegalCount = middle;
  }
  const culprit = inOrder[illegalCount - 1];
  if (culprit === undefined) return undefined;
  const prefix = prefixOf(operations, inOrder, illegalCount);
  // A trial that was left undecided may have led here.
  if (trials.doubtCount > 0 && (yield* trials.judge(prefix)) !== 'illegal') return undefined;
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

/** Drops two at a time that stand apart: what was put in, and who took it out. */
function* dropPairs<Item>(
  items: readonly Item[],
  trials: { readonly isSpent: boolean },
  isEnough: (chosen: readonly Item[]) => Sliced<boolean>,
): Sliced<readonly Item[]> {
  if (items.length > PAIRS_MAX) return items;
  let kept = items;
  for (let first = 0; first < kept.length; first += 1) {
    for (let second = first + 1; second < kept.length && !trials.isSpent; second += 1) {
      const without = kept.filter((_item, index) => index !== first && index !== second);
      if (!(yield* isEnough(without))) continue;
      kept = without;
      second = first;
    }
  }
  return kept;
}

/** ddmin: the smallest part of `items` it finds that still `isEnough`, in the same order. */
function* minimize<Item>(
  items: readonly Item[],
  trials: { readonly isSpent: boolean },
  isEnough: (chosen: readonly Item[]) => Sliced<boolean>,
): Sliced<readonly Item[]> {
  let kept = items;
  let chunkSize = Math.ceil(kept.length / 2);
  while (chunkSize >= 1 && kept.length > 0) {
    let droppedAny = false;
    for (let start = 0; start < kept.length && !trials.isSpent;) {
      const without = [...kept.slice(0, start), ...kept.slice(start + chunkSize)];
      if (yield* isEnough(without)) {
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
