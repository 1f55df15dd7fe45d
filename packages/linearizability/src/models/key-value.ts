import { type Model, UNKNOWN } from '../model.ts';
import { agrees, show } from './register.ts';

/** What a key-value store is asked. */
export type KeyValueInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'append'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  | {
      readonly kind: 'cas';
      readonly key: string;
      /** `null`: only if the key is missing. */
      readonly expected: string | null;
      readonly value: string;
    };

/** Output of a get: the value, `null` if missing; of a cas: whether it took place. */
export type KeyValueOutput = string | null | boolean | undefined;

/** The value of one key, `null` if missing: keys are independent, so each is checked alone. */
export type KeyValueState = string | null;

/**
 * A map from keys to texts.
 *
 * @param missing - What a get of a missing key answers, for stores that answer '' instead of null.
 */
export function keyValue(
  missing: string | null = null,
): Model<KeyValueState, KeyValueInput, KeyValueOutput> {
  return {
    name: 'key-value',
    init: () => missing,
    step: (state, input, output) => {
      switch (input.kind) {
        case 'get':
          return output === UNKNOWN || output === state ? [state] : [];
        case 'put':
          return [input.value];
        case 'append':
          return [(state ?? '') + input.value];
        case 'delete':
          return [missing];
        case 'cas': {
          const isSwapped = state === input.expected;
          return agrees(output, isSwapped) ? [isSwapped ? input.value : state] : [];
        }
      }
    },
    partition: ({ input }) => input.key,
    isRead: (input) => input.kind === 'get',
    describeOperation: (input, output) => {
      switch (input.kind) {
        case 'get':
          return `get(${input.key}) → ${show(output)}`;
        case 'put':
        case 'append':
          return `${input.kind}(${input.key}, ${show(input.value)})`;
        case 'delete':
          return `delete(${input.key})`;
        case 'cas': {
          const change = `${show(input.expected)}, ${show(input.value)}`;
          return `cas(${input.key}, ${change}) → ${show(output)}`;
        }
      }
    },
    describeState: show,
  };
}
