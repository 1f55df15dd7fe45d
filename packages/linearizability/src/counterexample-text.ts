import type { Counterexample } from './counterexample.ts';
import { type Model, UNKNOWN } from './model.ts';

const CELL_CHARACTERS_MAX = 100;
const PAD_CHARACTERS_MAX = 60;
const LINES_MAX = 50;

/**
 * `counterexample` for people: a line for each operation, with its client, what it asked and was
 * answered, and when; the culprit marked. `?` stands for what nobody learnt.
 *
 * @returns Lines in the order of the calls, indented by two; of more than 50 the last. No control
 *   characters: names and values may come from a file, and a terminal would obey them.
 *
 * @example
 * ```ts
 * import { describeCounterexample, register } from '@quorate/linearizability';
 *
 * const outcome = { kind: 'ok', output: 1, returnTime: 3 } as const;
 * const culprit = { process: 'a', input: { kind: 'read' }, callTime: 2, outcome } as const;
 * const all = { operations: [culprit], culprit, isMinimal: true };
 * describeCounterexample(register(0), all); // => '  a  read() → 1  [2, 3]  ← impossible'
 * ```
 */
export function describeCounterexample<State, Input, Output>(
  model: Model<State, Input, Output>,
  { operations, culprit }: Counterexample<Input, Output>,
): string {
  const left = Math.max(0, operations.length - LINES_MAX);
  const rows = operations.slice(left).map((operation) => {
    const { process, input, outcome, callTime } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const until = outcome.kind === 'info' ? '?' : String(outcome.returnTime);
    const text = model.describeOperation?.(input, output) ?? inJson([input, output]);
    const mark = operation === culprit ? '← impossible' : '';
    return [String(process), text, `[${callTime}, ${until}]`, mark].map(printable);
  });
  const widths = [0, 1, 2].map((column) =>
    Math.min(PAD_CHARACTERS_MAX, Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  if (left > 0) lines.unshift(`… ${left} operations before`);
  return lines.map((line) => `  ${line}`).join('\n');
}

function inJson(value: readonly unknown[]): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'an operation that JSON has no form for';
  }
}

function printable(text: string): string {
  const whole = text.toWellFormed().replace(/\p{Cc}/gu, '\uFFFD');
  if (whole.length <= CELL_CHARACTERS_MAX) return whole;
  return `${whole.slice(0, CELL_CHARACTERS_MAX - 21)}…${whole.slice(-20)}`.toWellFormed();
}
