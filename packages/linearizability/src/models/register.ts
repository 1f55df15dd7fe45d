import type { Model } from '../model.ts';
import { answering, describeCall, show } from './text.ts';

/** What a register is asked. */
export type RegisterInput<Value> =
  { readonly kind: 'read' } | { readonly kind: 'write'; readonly value: Value };

/** Output of a read: the value; of a write: `undefined`. */
export type RegisterOutput<Value> = Value | undefined;

/** Values that are compared by identity. */
export type Scalar = string | number | boolean | null;

/**
 * One value that can be read and written.
 *
 * @param initial - The value before the first write.
 */
export function register<Value extends Scalar>(
  initial: NoInfer<Value>,
): Model<Value, RegisterInput<Value>, RegisterOutput<Value>> {
  return {
    name: 'register',
    init: () => initial,
    step: (state, input, output) =>
      input.kind === 'write' ? [input.value] : answering(output, state, state),
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) =>
      describeCall(input.kind, input.kind === 'write' ? [input.value] : [], output),
    describeState: show,
  };
}
