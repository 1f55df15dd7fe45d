import { type Model, UNKNOWN, type Unknown } from '../model.ts';

/** What a register is asked. */
export type RegisterInput<Value> =
  { readonly kind: 'read' } | { readonly kind: 'write'; readonly value: Value };

/** Output of a read: the value; of a write: nothing that matters. */
export type RegisterOutput<Value> = Value | undefined;

/** One value that can be read and written. */
export function register<Value extends string | number | boolean | null>(
  initial: Value,
): Model<Value, RegisterInput<Value>, RegisterOutput<Value>> {
  return {
    name: 'register',
    init: () => initial,
    step: (state, input, output) => {
      if (input.kind === 'write') return [input.value];
      return output === UNKNOWN || output === state ? [state] : [];
    },
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) =>
      input.kind === 'write'
        ? `write(${show(input.value)})${output === UNKNOWN ? ' → ?' : ''}`
        : `read() → ${show(output)}`,
    describeState: show,
  };
}

/** What a register with compare-and-set is asked. */
export type CasRegisterInput<Value> =
  | RegisterInput<Value>
  | { readonly kind: 'cas'; readonly expected: Value; readonly value: Value };

/** Output of a read: the value; of a compare-and-set: whether it took place. */
export type CasRegisterOutput<Value> = Value | boolean | undefined;

/** One value that can be read, written, and replaced if it is what the caller expects. */
export function casRegister<Value extends string | number | null>(
  initial: Value,
): Model<Value, CasRegisterInput<Value>, CasRegisterOutput<Value>> {
  return {
    name: 'cas-register',
    init: () => initial,
    step: (state, input, output) => {
      switch (input.kind) {
        case 'write':
          return [input.value];
        case 'read':
          return output === UNKNOWN || output === state ? [state] : [];
        case 'cas': {
          const isSwapped = state === input.expected;
          const next = isSwapped ? input.value : state;
          return output === UNKNOWN || output === isSwapped ? [next] : [];
        }
      }
    },
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) => {
      const answer = output === UNKNOWN ? ' → ?' : '';
      switch (input.kind) {
        case 'write':
          return `write(${show(input.value)})${answer}`;
        case 'read':
          return `read() → ${show(output)}`;
        case 'cas':
          return `cas(${show(input.expected)}, ${show(input.value)}) → ${show(output)}`;
      }
    },
    describeState: show,
  };
}

/** A value for people: `?` for an answer that nobody knows. */
export function show(value: unknown): string {
  return value === UNKNOWN ? '?' : (JSON.stringify(value) ?? String(value));
}

/** Whether `output` is `expected`, or unknown. */
export function agrees<Output>(output: Output | Unknown, expected: Output): boolean {
  return output === UNKNOWN || output === expected;
}
