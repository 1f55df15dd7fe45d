import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import {
  type CausalContext,
  contextOf,
  type Dot,
  nextDot,
  rangesOf,
  withoutDots,
} from '../../causal/causal-context.ts';
import { stateCodec } from '../state-codec.ts';
import type { ReplicaId } from '../../replica-id.ts';
import { dotOf, type ElementId, elementId } from '../../sequence/element-id.ts';
import type { TreePlace } from '../../sequence/fugue-tree.ts';
import { deletion, insertion, type OrderedList, orderedList } from '../../sequence/ordered-list.ts';
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
import { expectOneChange, type OperationType } from './operation-type.ts';

/** A change of a list. Names are told as by its author, whose own id is empty in them. */
export type ListOperation<Value> =
  /** Values that follow each other, the first at this place. */
  | { readonly kind: 'insert'; readonly place: TreePlace; readonly values: readonly Value[] }
  /** Elements are deleted, by the dots of their insertions. */
  | { readonly kind: 'delete'; readonly elements: CausalContext };

/**
 * Lists by operations: values and where they go, or which elements are deleted.
 *
 * @remarks
 * For the delivery see `OperationType`. The names of new elements follow from the author and from
 * what it inserted before.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 *
 * @example
 * ```ts
 * import { type OrderedList, orderedList } from '@quorate/crdts';
 * import { textCodec } from '@quorate/crdts/codec';
 * import { orderedListOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect } = orderedListOperations(textCodec);
 * const empty: OrderedList<string> = orderedList.bottom;
 * const operation = prepare(empty, 'a', orderedList.insert(empty, 'a', 0, ['x', 'y']));
 * operation?.kind; // => 'insert'
 * if (operation) orderedList.values(effect(empty, 'b', operation)); // => ['x', 'y']
 * ```
 */
export function orderedListOperations<Value>(
  values: Codec<Value>,
): OperationType<OrderedList<Value>, ListOperation<Value>> {
  return {
    bottom: orderedList.bottom,
    prepare(state, replicaId, { nodes, context }) {
      if (context === undefined) return undefined;
      const [first] = nodes.values();
      if (first?.value === undefined) {
        return { kind: 'delete', elements: toldBy(replicaId, context) };
      }
      const inserted = runOf(state.context, replicaId, (id) => nodes.get(id));
      expectOneChange(inserted.length === nodes.size);
      const made = inserted.flatMap(({ value }) => (value === undefined ? [] : [value]));
      return { kind: 'insert', place: placeToldBy(replicaId, inserted[0]), values: made };
    },
    effect(state, replicaId, operation) {
      if (operation.kind === 'delete') {
        const elements = heardFrom(replicaId, operation.elements);
        return orderedList.join(state, deletion(state, elementsOf(elements, state.context)));
      }
      const dot = nextDot(state.context, replicaId);
      const place = placeHeardFrom(replicaId, operation.place);
      return orderedList.join(state, insertion(dot, place, operation.values));
    },
    codec: stateCodec<ListOperation<Value>>({
      tag: 0x7d,
      write(writer, operation) {
        writer.u8(operation.kind === 'delete' ? 0 : 1);
        if (operation.kind === 'delete') writeSeen(writer, operation.elements);
        else writeInsertion(writer, operation, values);
      },
      read(reader) {
        const kind = reader.u8();
        if (kind > 1) throw new DecodeError(`kind: expected 0 or 1, got ${kind}`);
        if (kind === 0) return { kind: 'delete', elements: readSeen(reader) };
        return { kind: 'insert', ...readInsertion(reader, values) };
      },
    }),
  };
}

/** What comes under the next dots of `replicaId`, as far as there is something. */
export function runOf<Node>(
  context: CausalContext,
  replicaId: ReplicaId,
  nodeOf: (id: ElementId) => Node | undefined,
): Node[] {
  const nodes: Node[] = [];
  let dot = nextDot(context, replicaId);
  for (let node = nodeOf(elementId(dot)); node !== undefined; node = nodeOf(elementId(dot))) {
    nodes.push(node);
    dot = { replicaId, counter: dot.counter + 1 };
  }
  return nodes;
}

/** The elements whose dots these are, of those that ever were: bytes may tell of 2^53. */
export function* elementsOf(dots: CausalContext, ever: CausalContext): Generator<ElementId, void> {
  const known = withoutDots(dots, withoutDots(dots, ever));
  for (const { replicaId, first, last } of rangesOf(known)) {
    for (let counter = first; counter <= last; counter += 1)
      yield elementId({ replicaId, counter });
  }
}

/** The dots of elements. */
export function dotsOf(ids: Iterable<ElementId>): CausalContext {
  return contextOf([...ids].map((id): Dot => dotOf(id)));
}

/** A place as `replicaId` tells it. */
export function placeToldBy(replicaId: ReplicaId, place: TreePlace | undefined): TreePlace {
  const { parent, side } = place ?? { parent: '', side: 'right' };
  return { parent: elementToldBy(replicaId, parent), side };
}

/** What `placeToldBy` was given. */
export function placeHeardFrom(replicaId: ReplicaId, { parent, side }: TreePlace): TreePlace {
  return { parent: elementHeardFrom(replicaId, parent), side };
}

/** Writes a place. */
export function writePlace(writer: ByteWriter, { parent, side }: TreePlace): void {
  writer.u8(side === 'left' ? 1 : 0);
  writeElement(writer, parent);
}

/** Reads what `writePlace` wrote. */
export function readPlace(reader: ByteReader): TreePlace {
  const side = reader.u8();
  if (side > 1) throw new DecodeError(`side: expected 0 or 1, got ${side}`);
  return { side: side === 1 ? 'left' : 'right', parent: readElement(reader) };
}

/** Values that are inserted in a row, and where. */
export interface Insertion<Value> {
  readonly place: TreePlace;
  readonly values: readonly Value[];
}

/** Writes values and where they go. */
export function writeInsertion<Value>(
  writer: ByteWriter,
  { place, values }: Insertion<Value>,
  codec: Codec<Value>,
): void {
  writePlace(writer, place);
  writer.varint(values.length);
  for (const value of values) writer.lengthPrefixed(codec.encode(value));
}

/** Reads what `writeInsertion` wrote. */
export function readInsertion<Value>(reader: ByteReader, codec: Codec<Value>): Insertion<Value> {
  const place = readPlace(reader);
  const values: Value[] = [];
  for (let count = reader.count(1); count > 0; count -= 1) {
    values.push(codec.decode(reader.lengthPrefixed()));
  }
  return { place, values };
}
