import type { Counterexample } from './counterexample.ts';
import { type Model, UNKNOWN } from './model.ts';

/**
 * `counterexample` for people: a line for each operation, with its client, what it asked and was
 * answered, and when; the culprit marked. `?` stands for what nobody learnt.
 */
export function describeCounterexample<State, Input, Output>(
  model: Model<State, Input, Output>,
  counterexample: Counterexample<Input, Output>,
): string {
  const lines = counterexample.operations.map((operation) => {
    const { process, input, outcome, callTime } = operation;
    const until = outcome.kind === 'info' ? '?' : String(outcome.returnTime);
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const text = model.describeOperation?.(input, output) ?? JSON.stringify([input, output]);
    const mark = operation === counterexample.culprit ? '  ← impossible' : '';
    return `  ${process}: ${text} [${callTime}, ${until}]${mark}`;
  });
  return lines.join('\n');
}
