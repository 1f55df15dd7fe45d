import type { Model } from '../model.ts';
import type { Scalar } from './register.ts';
import { answering, describeCall, show } from './text.ts';

/** What a log is asked. Offsets count from 0. */
export type LogInput<Item> =
  | { readonly kind: 'append'; readonly item: Item }
  | { readonly kind: 'read'; readonly offset: number };

/**
 * Output of `append`: the offset; of `read`: the item there, or `undefined` if the log is shorter.
 */
export type LogOutput<Item> = number | Item | undefined;

/** A list that only grows. Empty at first. */
export function log<Item extends Scalar>(): Model<
  readonly Item[],
  LogInput<Item>,
  LogOutput<Item>
> {
  return {
    name: 'log',
    init: () => [],
    step: (state, input, output) =>
      input.kind === 'append'
        ? answering(output, state.length, [...state, input.item])
        : answering(output, state[input.offset], state),
    isRead: (input) => input.kind === 'read',
    describeOperation: (input, output) =>
      input.kind === 'append'
        ? describeCall('append', [input.item], output)
        : `read(${String(input.offset)}) → ${show(output)}`,
    describeState: show,
  };
}
