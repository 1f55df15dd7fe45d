import type { Model } from '../model.ts';
import type { RegisterInput, Scalar } from './register.ts';
import { answering, describeCall, show } from './text.ts';

/** What a register with compare-and-set is asked. */
export type CasRegisterInput<Value> =
  RegisterInput<Value> | { readonly kind: 'cas'; readonly expected: Value; readonly value: Value };

/** Output of a read: the value; of a compare-and-set: whether it took place. */
export type CasRegisterOutput<Value> = Value | boolean | undefined;

/**
 * One value that can be read, written, and replaced if it is what the caller expects.
 *
 * @param initial - The value before the first change.
 */
export function casRegister<Value extends Scalar>(
  initial: NoInfer<Value>,
): Model<Value, CasRegisterInput<Value>, CasRegisterOutput<Value>> {
  return {
    name: 'cas-register',
    init: () => initial,
    step: (state, input, output) => {
      if (input.kind === 'write') return [input.value];
      if (input.kind === 'read') return answering(output, state, state);
      const isSwapped = Object.is(state, input.expected);
      return answering(output, isSwapped, isSwapped ? input.value : state);
    },
    isRead: ({ kind }, output) => kind === 'read' || (kind === 'cas' && output === false),
    describeOperation: (input, output) => {
      if (input.kind === 'cas') return describeCall('cas', [input.expected, input.value], output);
      return describeCall(input.kind, input.kind === 'write' ? [input.value] : [], output);
    },
    describeState: show,
  };
}
