import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import {
  append,
  APPENDED_BYTES,
  emptySequence,
  itemsOf,
  sameSequence,
  type Sequence,
} from './sequence.ts';
import { describeCall, show } from './text.ts';

/** What a stack is asked. */
export type StackInput<Item> =
  { readonly kind: 'push'; readonly item: Item } | { readonly kind: 'pop' };

/** Output of `pop`: the item, or `undefined` if there was none. */
export type StackOutput<Item> = Item | undefined;

/** Last in, first out. Empty at first. */
export function stack<Item extends Scalar>(): Model<
  Sequence<Item>,
  StackInput<Item>,
  StackOutput<Item>
> {
  return {
    name: 'stack',
    init: () => emptySequence(),
    step: (state, input, output) => {
      if (input.kind === 'push') return [append(state, input.item)];
      if (output !== UNKNOWN && !Object.is(output, state.item)) return [];
      return [state.before ?? state];
    },
    equals: sameSequence,
    hash: (state) => state.hash,
    sizeBytes: () => APPENDED_BYTES,
    describeOperation: (input, output) =>
      input.kind === 'push'
        ? describeCall('push', [input.item], undefined)
        : `pop() → ${show(output)}`,
    describeState: (state) => show(itemsOf(state)),
  };
}
