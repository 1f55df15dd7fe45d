import type { Model } from '../model.ts';
import type { Scalar } from './register.ts';
import {
  append,
  APPENDED_BYTES,
  beginningOf,
  emptySequence,
  itemsOf,
  sameSequence,
  type Sequence,
} from './sequence.ts';
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
export function log<Item extends Scalar>(): Model<Sequence<Item>, LogInput<Item>, LogOutput<Item>> {
  return {
    name: 'log',
    init: () => emptySequence(),
    step: (state, input, output) =>
      input.kind === 'append'
        ? answering(output, state.length, append(state, input.item))
        : answering(output, itemAt(state, input.offset), state),
    isRead: (input) => input.kind === 'read',
    equals: sameSequence,
    hash: (state) => state.hash,
    sizeBytes: () => APPENDED_BYTES,
    describeOperation: (input, output) =>
      input.kind === 'append'
        ? describeCall('append', [input.item], output)
        : `read(${String(input.offset)}) → ${show(output)}`,
    describeState: (state) => show(itemsOf(state)),
  };
}

function itemAt<Item>(list: Sequence<Item>, offset: number): Item | undefined {
  const isThere = Number.isInteger(offset) && offset >= 0 && offset < list.length;
  return isThere ? beginningOf(list, offset + 1).item : undefined;
}
