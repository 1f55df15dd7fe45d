import type { History, Operation } from '../../src/history.ts';
import { returnTimeOf } from '../../src/history.ts';
import { type Model, UNKNOWN } from '../../src/model.ts';

/**
 * The definition, read aloud: is there a subset that holds every completed operation, and an order
 * of it, in which nothing comes after what it preceded in real time, and which the object could
 * have run? Tries them all, so keep histories at 7 operations or fewer.
 */
export function isLinearizableByBruteForce<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): boolean {
  const relevant = history.filter(({ outcome }) => outcome.kind !== 'fail');
  const keys = new Set(relevant.map((operation) => model.partition?.(operation) ?? ''));
  return [...keys].every((key) =>
    canFinish(
      model,
      [model.init()],
      relevant.filter((operation) => (model.partition?.(operation) ?? '') === key),
    ),
  );
}

function canFinish<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
  left: History<Input, Output>,
): boolean {
  if (states.length === 0) return false;
  if (left.every(({ outcome }) => outcome.kind === 'info')) return true;
  return left.some((operation) => {
    if (left.some((other) => precedes(other, operation))) return false;
    const { input, outcome } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const next = states.flatMap((state) => model.step(state, input, output));
    return canFinish(
      model,
      next,
      left.filter((other) => other !== operation),
    );
  });
}

function precedes<Input, Output>(
  left: Operation<Input, Output>,
  right: Operation<Input, Output>,
): boolean {
  return returnTimeOf(left) < right.callTime;
}
