import { type ByteReader, type Codec, DecodeError } from '@quorate/transport/codec';

import { type CausalContext, nextDot } from '../../causal/causal-context.ts';
import { readPositive, stateCodec } from '../state-codec.ts';
import { emptyMap, type SortedMap } from '../../plain/sorted-map.ts';
import type { ReplicaId } from '../../replica-id.ts';
import type { ElementId } from '../../sequence/element-id.ts';
import {
  elementDelta,
  insertionOfElements,
  type MovableElement,
  type MovableList,
  movableList,
  movableListOf,
  moveTo,
  REMOVED,
  UNKNOWN,
} from '../../sequence/movable-list.ts';
import {
  elementHeardFrom,
  elementToldBy,
  heardFrom,
  readElement,
  readSeen,
  toldBy,
  writeElement,
  writeSeen,
} from './author-names.ts';
import {
  dotsOf,
  elementsOf,
  type Insertion,
  placeHeardFrom,
  placeToldBy,
  readInsertion,
  readPlace,
  runOf,
  writeInsertion,
  writePlace,
} from './list-operations.ts';
import type { TreePlace } from '../../sequence/fugue-tree.ts';
import { expectOneChange, type OperationType } from './operation-type.ts';

/** A change of a movable list. Names are told as by its author, whose own id is empty in them. */
export type MovableListOperation<Value> =
  /** Values that follow each other, the first at this place. */
  | ({ readonly kind: 'insert' } & Insertion<Value>)
  /** Elements are removed, by the dots of their insertions. */
  | { readonly kind: 'remove'; readonly elements: CausalContext }
  /** An element goes to a place, the how-manieth of it. */
  | {
      readonly kind: 'move';
      readonly element: ElementId;
      readonly counter: number;
      readonly place: TreePlace;
    }
  /** An element gets a value, the how-manieth of it. */
  | {
      readonly kind: 'set';
      readonly element: ElementId;
      readonly counter: number;
      readonly value: Value;
    };

/**
 * Movable lists by operations.
 *
 * @remarks
 * For the delivery see `OperationType`. The names of new elements and places follow from the author
 * and from what it inserted and moved before.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 */
export function movableListOperations<Value>(
  values: Codec<Value>,
): OperationType<MovableList<Value>, MovableListOperation<Value>> {
  return {
    bottom: movableList.bottom,
    prepare: (state, replicaId, delta) => prepared(state, replicaId, delta),
    effect: (state, replicaId, operation) =>
      movableList.join(state, deltaOf(state, replicaId, operation)),
    codec: stateCodec<MovableListOperation<Value>>({
      tag: 0x7e,
      write(writer, operation) {
        writer.u8(KINDS.indexOf(operation.kind));
        if (operation.kind === 'insert') {
          writeInsertion(writer, operation, values);
        } else if (operation.kind === 'remove') {
          writeSeen(writer, operation.elements);
        } else {
          writeElement(writer, operation.element);
          writer.varint(operation.counter);
          if (operation.kind === 'move') writePlace(writer, operation.place);
          else writer.lengthPrefixed(values.encode(operation.value));
        }
      },
      read: (reader) => readOperation(reader, values),
    }),
  };
}

const KINDS: readonly MovableListOperation<unknown>['kind'][] = ['insert', 'remove', 'move', 'set'];

function prepared<Value>(
  state: MovableList<Value>,
  replicaId: ReplicaId,
  { places, elements }: MovableList<Value>,
): MovableListOperation<Value> | undefined {
  const [first] = elements;
  if (first === undefined) return undefined;
  const [id, { placing, writing, isRemoved }] = first;
  if (isRemoved) {
    return { kind: 'remove', elements: toldBy(replicaId, dotsOf(elements.keys())) };
  }
  const run = runOf(state.context, replicaId, (one) => places.get(one));
  expectOneChange(run.length === places.size);
  if (placing !== undefined && writing !== undefined) {
    const made = runOf(state.context, replicaId, (one) => elements.get(one));
    const inserted = made.flatMap(({ writing: one }) => (one === undefined ? [] : [one.value]));
    expectOneChange(inserted.length === places.size && inserted.length === elements.size);
    return { kind: 'insert', place: placeToldBy(replicaId, run[0]), values: inserted };
  }
  expectOneChange(elements.size === 1);
  const element = elementToldBy(replicaId, id);
  if (placing !== undefined) {
    const place = placeToldBy(replicaId, run[0]);
    return { kind: 'move', element, counter: placing.counter, place };
  }
  if (writing === undefined) return undefined;
  return { kind: 'set', element, counter: writing.counter, value: writing.value };
}

function deltaOf<Value>(
  state: MovableList<Value>,
  replicaId: ReplicaId,
  operation: MovableListOperation<Value>,
): MovableList<Value> {
  if (operation.kind === 'insert') {
    const place = placeHeardFrom(replicaId, operation.place);
    return insertionOfElements(nextDot(state.context, replicaId), place, operation.values);
  }
  if (operation.kind === 'remove') {
    let elements: SortedMap<MovableElement<Value>> = emptyMap;
    const told = heardFrom(replicaId, operation.elements);
    for (const id of elementsOf(told, state.context)) {
      elements = elements.set(id, REMOVED);
    }
    return movableListOf(emptyMap, elements, undefined);
  }
  const { counter } = operation;
  const element = elementHeardFrom(replicaId, operation.element);
  if (operation.kind === 'set') {
    const writing = { value: operation.value, counter, replicaId };
    return elementDelta(element, { ...UNKNOWN, writing });
  }
  const node = { ...placeHeardFrom(replicaId, operation.place), element };
  return moveTo(nextDot(state.context, replicaId), node, counter);
}

function readOperation<Value>(
  reader: ByteReader,
  values: Codec<Value>,
): MovableListOperation<Value> {
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw new DecodeError('kind: expected 0..3, got more');
  if (kind === 'insert') return { kind, ...readInsertion(reader, values) };
  if (kind === 'remove') return { kind, elements: readSeen(reader) };
  const element = readElement(reader);
  if (element === '') throw new DecodeError('element: expected one, got the root');
  const counter = readPositive(reader);
  return kind === 'move'
    ? { kind, element, counter, place: readPlace(reader) }
    : { kind, element, counter, value: values.decode(reader.lengthPrefixed()) };
}
