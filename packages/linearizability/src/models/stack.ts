import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import { describeCall, show } from './text.ts';

/** What a stack is asked. */
export type StackInput<Item> =
  { readonly kind: 'push'; readonly item: Item } | { readonly kind: 'pop' };

/** Output of `pop`: the item, or `undefined` if there was none. */
export type StackOutput<Item> = Item | undefined;

/** Last in, first out. Empty at first. */
export function stack<Item extends Scalar>(): Model<
  readonly Item[],
  StackInput<Item>,
  StackOutput<Item>
> {
  return {
    name: 'stack',
    init: () => [],
    step: (state, input, output) => {
      if (input.kind === 'push') return [[...state, input.item]];
      const taken = state.at(-1);
      if (output !== UNKNOWN && !Object.is(output, taken)) return [];
      return [state.slice(0, -1)];
    },
    describeOperation: (input, output) =>
      input.kind === 'push'
        ? describeCall('push', [input.item], undefined)
        : `pop() → ${show(output)}`,
    describeState: show,
  };
}
