import { type Codec, DecodeError } from '@quorate/transport/codec';

import { dotOf } from '../sequence/element-id.ts';
import { listOf, type ListNode, type OrderedList } from '../sequence/ordered-list.ts';
import { ElementReader, elementWriter } from './element-fields.ts';
import { stateCodec } from './state-codec.ts';

const IS_LEFT = 1;
const IS_ALIVE = 2;

/** The codec of lists and of their deltas; `value` is that of an element. */
export function orderedListCodec<Value>(value: Codec<Value>): Codec<OrderedList<Value>> {
  return stateCodec<OrderedList<Value>>({
    tag: 0x49,
    write(writer, { nodes, context }) {
      const parents = [...nodes.values()].flatMap(({ parent }) =>
        parent === '' ? [] : [dotOf(parent).replicaId],
      );
      const elements = elementWriter(writer, context, parents);
      writer.varint(nodes.size);
      for (const [id, node] of nodes) {
        elements.element(id);
        elements.element(node.parent);
        const isAlive = node.value !== undefined;
        writer.u8((node.side === 'left' ? IS_LEFT : 0) | (isAlive ? IS_ALIVE : 0));
        if (node.value !== undefined) writer.lengthPrefixed(value.encode(node.value));
      }
    },
    read(reader) {
      const elements = new ElementReader(reader);
      const nodes = elements.map((): ListNode<Value> => {
        const parent = elements.element();
        const flags = reader.u8();
        if (flags > (IS_LEFT | IS_ALIVE)) throw new DecodeError(`flags: got ${flags}`);
        const isAlive = (flags & IS_ALIVE) !== 0;
        return {
          parent,
          side: (flags & IS_LEFT) === 0 ? 'right' : 'left',
          value: isAlive ? value.decode(reader.lengthPrefixed()) : undefined,
        };
      }, 'seen');
      elements.expectAllUsed();
      return listOf(nodes, elements.context);
    },
  });
}
