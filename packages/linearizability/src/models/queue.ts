import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import { describeCall, show } from './text.ts';

/** What a queue is asked. */
export type QueueInput<Item> =
  { readonly kind: 'enqueue'; readonly item: Item } | { readonly kind: 'dequeue' };

/** Output of `dequeue`: the item, or `undefined` if there was none. */
export type QueueOutput<Item> = Item | undefined;

/** First in, first out. Empty at first. */
export function queue<Item extends Scalar>(): Model<
  readonly Item[],
  QueueInput<Item>,
  QueueOutput<Item>
> {
  return {
    name: 'queue',
    init: () => [],
    step: (state, input, output) => {
      if (input.kind === 'enqueue') return [[...state, input.item]];
      const taken = state.at(0);
      if (output !== UNKNOWN && !Object.is(output, taken)) return [];
      return [state.slice(1)];
    },
    describeOperation: (input, output) =>
      input.kind === 'enqueue'
        ? describeCall('enqueue', [input.item], undefined)
        : `dequeue() → ${show(output)}`,
    describeState: show,
  };
}
