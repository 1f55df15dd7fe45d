import { type Model, UNKNOWN } from '../model.ts';
import type { Scalar } from './register.ts';
import { answering, describeCall, show } from './text.ts';

/** What a set is asked. */
export type SetInput<Item> =
  | { readonly kind: 'add'; readonly item: Item }
  | { readonly kind: 'remove'; readonly item: Item }
  | { readonly kind: 'contains'; readonly item: Item }
  | { readonly kind: 'read' };

/**
 * Output of `add` and `remove`: whether the set changed, or `undefined` where the client is not
 * told; of `contains`: whether it is there; of `read`: all items, in any order.
 */
export type SetOutput<Item> = boolean | readonly Item[] | undefined;

/** A set of scalar items, empty at first. */
export function set<Item extends Scalar>(): Model<
  ReadonlySet<Item>,
  SetInput<Item>,
  SetOutput<Item>
> {
  return {
    name: 'set',
    init: () => new Set<Item>(),
    step: (state, input, output) => {
      switch (input.kind) {
        case 'add':
        case 'remove': {
          const isChange = state.has(input.item) === (input.kind === 'remove');
          const next = isChange ? changed(state, input.kind, input.item) : state;
          return output === undefined ? [next] : answering(output, isChange, next);
        }
        case 'contains':
          return answering(output, state.has(input.item), state);
        case 'read':
          return output === UNKNOWN || isReadOf(state, output) ? [state] : [];
      }
    },
    isRead: (input) => input.kind === 'read' || input.kind === 'contains',
    describeOperation: (input, output) =>
      describeCall(input.kind, input.kind === 'read' ? [] : [input.item], output),
    describeState: (state) => `{${[...state].map(show).join(', ')}}`,
  };
}

function changed<Item>(
  state: ReadonlySet<Item>,
  kind: 'add' | 'remove',
  item: Item,
): ReadonlySet<Item> {
  const next = new Set(state);
  if (kind === 'add') next.add(item);
  else next.delete(item);
  return next;
}

function isReadOf<Item>(state: ReadonlySet<Item>, output: SetOutput<Item>): boolean {
  if (!Array.isArray(output)) return false;
  const items: readonly Item[] = output;
  return items.length === state.size && items.every((item) => state.has(item)) && isDistinct(items);
}

function isDistinct(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}
