import { type ByteReader, type Codec, DecodeError } from '@quorate/transport/codec';

import { dotOf } from '../sequence/element-id.ts';
import {
  type MovableElement,
  type MovableList,
  movableListOf,
  type PlaceNode,
} from '../sequence/movable-list.ts';
import { ElementReader, elementWriter } from './element-fields.ts';
import { readPositive, stateCodec } from './state-codec.ts';

const HAS_PLACE = 1;
const HAS_VALUE = 2;
const IS_REMOVED = 4;

/** The codec of movable lists and of their deltas; `value` is that of an element. */
export function movableListCodec<Value>(value: Codec<Value>): Codec<MovableList<Value>> {
  return stateCodec<MovableList<Value>>({
    tag: 0x4a,
    write(writer, { places, elements, context }) {
      const ids = elementWriter(writer, context, replicasOf(places, elements));
      writer.varint(places.size);
      for (const [id, { parent, side, element }] of places) {
        ids.element(id);
        ids.element(parent);
        writer.u8(side === 'left' ? 1 : 0);
        ids.element(element);
      }
      writer.varint(elements.size);
      for (const [id, { placing, writing, isRemoved }] of elements) {
        ids.element(id);
        const flags = (placing ? HAS_PLACE : 0) | (writing ? HAS_VALUE : 0);
        writer.u8(isRemoved ? IS_REMOVED : flags);
        if (placing !== undefined) {
          ids.element(placing.place);
          writer.varint(placing.counter);
        }
        if (writing === undefined) continue;
        ids.replica(writing.replicaId);
        writer.varint(writing.counter);
        writer.lengthPrefixed(value.encode(writing.value));
      }
    },
    read(reader) {
      const ids = new ElementReader(reader);
      const places = ids.map((): PlaceNode => {
        const parent = ids.element();
        const side = reader.u8();
        if (side > 1) throw new DecodeError(`side: expected 0 or 1, got ${side}`);
        return { parent, side: side === 1 ? 'left' : 'right', element: realElement(ids) };
      }, 'seen');
      const elements = ids.map(() => readElement(reader, ids, value), 'anywhere');
      ids.expectAllUsed();
      return movableListOf(places, elements, ids.context);
    },
  });
}

function readElement<Value>(
  reader: ByteReader,
  ids: ElementReader,
  value: Codec<Value>,
): MovableElement<Value> {
  const flags = reader.u8();
  if (flags > IS_REMOVED) throw new DecodeError(`flags: expected 0..4, got ${flags}`);
  const placing =
    (flags & HAS_PLACE) === 0
      ? undefined
      : { place: realElement(ids), counter: readPositive(reader) };
  let writing: MovableElement<Value>['writing'];
  if ((flags & HAS_VALUE) !== 0) {
    const replicaId = ids.replica();
    const counter = readPositive(reader);
    writing = { value: value.decode(reader.lengthPrefixed()), counter, replicaId };
  }
  return { placing, writing, isRemoved: flags === IS_REMOVED };
}

function realElement(ids: ElementReader): string {
  const id = ids.element();
  if (id === '') throw new DecodeError('element: expected one, got the root');
  return id;
}

/** All replicas that are named. */
function replicasOf(
  places: MovableList<unknown>['places'],
  elements: MovableList<unknown>['elements'],
): string[] {
  const ids = [...places.values()].flatMap(({ parent, element }) => [parent, element]);
  for (const [id, { placing }] of elements) ids.push(id, placing?.place ?? '');
  const replicas = ids.filter((id) => id !== '').map((id) => dotOf(id).replicaId);
  for (const { writing } of elements.values()) if (writing) replicas.push(writing.replicaId);
  return replicas;
}
