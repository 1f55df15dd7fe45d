import { UNKNOWN, type Unknown } from '../model.ts';

/** A value for people: `?` for an answer that nobody knows. */
export function show(value: unknown): string {
  if (value === UNKNOWN) return '?';
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** `name(arguments) → answer`, the answer left out where it says nothing. */
export function describeCall(name: string, given: readonly unknown[], output: unknown): string {
  const call = `${name}(${given.map(show).join(', ')})`;
  return output === undefined ? call : `${call} → ${show(output)}`;
}

/** Whether `output` is `expected`, or unknown. */
function agrees(output: unknown, expected: unknown): boolean {
  return output === UNKNOWN || Object.is(output, expected);
}

/** The states after an operation that answers `expected` and leads to `next`. */
export function answering<State, Output>(
  output: Output | Unknown,
  expected: Output,
  next: State,
): readonly State[] {
  return agrees(output, expected) ? [next] : [];
}
