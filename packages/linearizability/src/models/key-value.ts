import type { Model } from '../model.ts';
import { answering, describeCall, show } from './text.ts';

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
          return answering(output, state, state);
        case 'put':
          return [input.value];
        case 'append':
          return [(state ?? '') + input.value];
        case 'delete':
          return [missing];
        case 'cas': {
          const isSwapped = state === input.expected;
          return answering(output, isSwapped, isSwapped ? input.value : state);
        }
      }
    },
    partition: ({ input }) => input.key,
    // Appends only make a text longer: what is read begins with what is there, or replaced it.
    mayStillAnswer: (state, { kind }, output, changes) =>
      kind !== 'get' ||
      isBeginningOf(state, output) ||
      changes.some((change) => {
        if (change.kind === 'delete') return isBeginningOf(missing, output);
        return 'value' in change && change.kind !== 'append' && isBeginningOf(change.value, output);
      }),
    isRead: ({ kind }, output) => kind === 'get' || (kind === 'cas' && output === false),
    describeOperation: (input, output) => {
      const { kind, key } = input;
      if (kind === 'cas') return describeCall(kind, [key, input.expected, input.value], output);
      const isChange = kind === 'put' || kind === 'append';
      return describeCall(kind, isChange ? [key, input.value] : [key], output);
    },
    describeState: show,
  };
}

function isBeginningOf(state: KeyValueState, output: KeyValueOutput): boolean {
  return typeof output === 'string' ? output.startsWith(state ?? '') : state === output;
}
