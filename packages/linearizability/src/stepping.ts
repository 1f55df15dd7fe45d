import type { Operation } from './history.ts';
import { type Model, UNKNOWN } from './model.ts';

/** All states that `operation` can lead to from any of `states`, each as often as it is reached. */
export function stepAll<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
  { input, outcome }: Operation<Input, Output>,
): readonly State[] {
  const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
  return states.flatMap((state) => model.step(state, input, output));
}
