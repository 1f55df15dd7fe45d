import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import { describeCall, show } from './text.ts';

/** What a multi-register is asked: all of it happens at one instant. */
export type MultiRegisterInput<Value> =
  | { readonly kind: 'read'; readonly keys: readonly string[] }
  | { readonly kind: 'write'; readonly values: Readonly<Record<string, Value>> };

/** Output of `read`: the value of each key asked for. */
export type MultiRegisterOutput<Value> = Readonly<Record<string, Value>> | undefined;

/** The value of each key that was ever written. */
export type MultiRegisterState<Value> = ReadonlyMap<string, Value>;

/**
 * Registers of which several are read or written at one instant. Keys are not independent here.
 *
 * @param initial - The value of every key before its first write.
 */
export function multiRegister<Value extends Scalar>(
  initial: NoInfer<Value>,
): Model<MultiRegisterState<Value>, MultiRegisterInput<Value>, MultiRegisterOutput<Value>> {
  return {
    name: 'multi-register',
    init: () => new Map<string, Value>(),
    step: (state, input, output) => {
      if (input.kind === 'write') return [new Map([...state, ...Object.entries(input.values)])];
      if (output === UNKNOWN) return [state];
      const isRight = input.keys.every((key) =>
        Object.is(ownValue(output, key), state.has(key) ? state.get(key) : initial),
      );
      return isRight ? [state] : [];
    },
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) =>
      describeCall(input.kind, [input.kind === 'read' ? input.keys : input.values], output),
    describeState: (state) => show(Object.fromEntries(state)),
  };
}

function ownValue<Value>(
  values: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}
