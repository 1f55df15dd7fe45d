import type { Operation } from '../history.ts';
import { type Model, UNKNOWN } from '../model.ts';

const TEXT_CHARACTERS_MAX = 300;

/** States for people: several, if the object may be in several. */
export function describeStates<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
): string {
  const texts = states.map((state) => model.describeState?.(state) ?? inJson(state));
  return shortened([...new Set(texts)].join(' or '), TEXT_CHARACTERS_MAX);
}

/** An operation and its answer for people. */
export function describeOperation<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): string {
  const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
  const answer = output === UNKNOWN ? '?' : inJson(output);
  const text = model.describeOperation?.(input, output) ?? `${inJson(input)} → ${answer}`;
  const ended = outcome.kind === 'fail' ? text.replace(/ → \?$/, ' → failed') : text;
  return shortened(ended, TEXT_CHARACTERS_MAX);
}

/** What JSON has no form for must not keep a report from being written. */
function inJson(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value);
    return typeof json === 'string' ? json : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Beginning and end: an answer stands at the end. */
export function shortened(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const tail = Math.floor(charactersMax / 3);
  return `${text.slice(0, charactersMax - tail - 1)}…${text.slice(-tail)}`.toWellFormed();
}
