import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import {
  append,
  APPENDED_BYTES,
  beginningOf,
  emptySequence,
  endsAlike,
  hashWithout,
  itemsOf,
  type Sequence,
} from './sequence.ts';
import { describeCall, show } from './text.ts';

/** What a queue is asked. */
export type QueueInput<Item> =
  { readonly kind: 'enqueue'; readonly item: Item } | { readonly kind: 'dequeue' };

/** Output of `dequeue`: the item, or `undefined` if there was none. */
export type QueueOutput<Item> = Item | undefined;

/** The items of a queue are `itemsOf(all, taken.length)`. */
export interface QueueState<Item> {
  /** What was enqueued. */
  readonly all: Sequence<Item>;
  /** What was dequeued of it: its beginning. */
  readonly taken: Sequence<Item>;
}

/** First in, first out. Empty at first. */
export function queue<Item extends Scalar>(): Model<
  QueueState<Item>,
  QueueInput<Item>,
  QueueOutput<Item>
> {
  return {
    name: 'queue',
    init: () => ({ all: emptySequence(), taken: emptySequence() }),
    step: (state, input, output) => {
      const { all, taken } = state;
      if (input.kind === 'enqueue') return [{ all: append(all, input.item), taken }];
      const isEmpty = lengthOf(state) === 0;
      const next = isEmpty ? taken : beginningOf(all, taken.length + 1);
      const item = isEmpty ? undefined : next.item;
      if (output !== UNKNOWN && !Object.is(output, item)) return [];
      return [isEmpty ? state : { all, taken: next }];
    },
    equals: (left, right) =>
      lengthOf(left) === lengthOf(right) && endsAlike(left.all, right.all, lengthOf(left)),
    hash: ({ all, taken }) => hashWithout(all, taken),
    sizeBytes: () => STATE_BYTES,
    describeOperation: (input, output) =>
      input.kind === 'enqueue'
        ? describeCall('enqueue', [input.item], undefined)
        : `dequeue() → ${show(output)}`,
    describeState: ({ all, taken }) => show(itemsOf(all, taken.length)),
  };
}

const STATE_BYTES = APPENDED_BYTES + 40;

function lengthOf<Item>({ all, taken }: QueueState<Item>): number {
  return all.length - taken.length;
}
