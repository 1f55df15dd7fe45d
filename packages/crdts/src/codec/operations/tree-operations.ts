import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import { readPositive, stateCodec } from '../state-codec.ts';
import { emptyMap, SortedMap } from '../../plain/sorted-map.ts';
import { elementId } from '../../sequence/element-id.ts';
import {
  counterOf,
  type MovableTree,
  movableTree,
  type NodeId,
  type NodePlace,
  stampOf,
  TRASH,
  treeOf,
} from '../../sequence/movable-tree.ts';
import { elementHeardFrom, elementToldBy, readElement, writeElement } from './author-names.ts';
import { expectOneChange, type OperationType } from './operation-type.ts';

/**
 * A change of a tree. Names are told as by its author, whose own id is empty in them; `counter` is
 * its place in the order of all moves.
 */
export type TreeOperation =
  /** A new node, named by its author and the counter. */
  | ({ readonly kind: 'create'; readonly counter: number } & NodePlace)
  | ({ readonly kind: 'move'; readonly counter: number; readonly node: NodeId } & NodePlace)
  | { readonly kind: 'remove'; readonly counter: number; readonly node: NodeId };

/**
 * Movable trees by operations: the move without its author and without what it did to the tree.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @example
 * ```ts
 * import { movableTree } from '@quorate/crdts';
 * import { movableTreeOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect } = movableTreeOperations;
 * const { delta } = movableTree.create(movableTree.bottom, 'a', '');
 * const operation = prepare(movableTree.bottom, 'a', delta);
 * operation; // => { kind: 'create', counter: 1, parent: '', position: '1' }
 * if (operation) movableTree.children(effect(movableTree.bottom, 'a', operation), '');
 * // => ['1@a']
 * ```
 */
export const movableTreeOperations: OperationType<MovableTree, TreeOperation> = {
  get bottom() {
    return movableTree.bottom;
  },
  prepare(_state, replicaId, { log }) {
    const [first] = log;
    if (first === undefined) return undefined;
    const [stamp, { node, parent, position }] = first;
    const counter = counterOf(stamp);
    expectOneChange(log.size === 1 && stamp === stampOf(counter, replicaId));
    if (parent === TRASH) return { kind: 'remove', counter, node: elementToldBy(replicaId, node) };
    const place = { parent: elementToldBy(replicaId, parent), position };
    return node === elementId({ counter, replicaId })
      ? { kind: 'create', counter, ...place }
      : { kind: 'move', counter, node: elementToldBy(replicaId, node), ...place };
  },
  effect(state, replicaId, operation) {
    const { kind, counter } = operation;
    const named = (id: NodeId): NodeId => elementHeardFrom(replicaId, id);
    const node = kind === 'create' ? elementId({ counter, replicaId }) : named(operation.node);
    const parent = kind === 'remove' ? TRASH : named(operation.parent);
    const position = kind === 'remove' ? '' : operation.position;
    const move = SortedMap.of(stampOf(counter, replicaId), { node, parent, position });
    return movableTree.join(state, treeOf('', emptyMap, move));
  },
  codec: /* @__PURE__ */ stateCodec<TreeOperation>({
    tag: 0x7f,
    write(writer, operation) {
      writer.u8(KINDS.indexOf(operation.kind));
      writer.varint(operation.counter);
      if (operation.kind !== 'create') writeElement(writer, operation.node);
      if (operation.kind !== 'remove') writePlace(writer, operation);
    },
    read(reader) {
      const kind = KINDS[reader.u8()];
      if (kind === undefined) throw new DecodeError('kind: expected 0..2, got more');
      const counter = readPositive(reader);
      if (kind === 'create') return { kind, counter, ...readPlace(reader) };
      const node = readElement(reader);
      if (node === '') throw new DecodeError('node: expected one that can move, got the root');
      return kind === 'move'
        ? { kind, counter, node, ...readPlace(reader) }
        : { kind, counter, node };
    },
  }),
};

const KINDS: readonly TreeOperation['kind'][] = ['create', 'move', 'remove'];

/** What `keyBetween` makes. */
const POSITION = /^[0-9A-Za-z]+$/;

function writePlace(writer: ByteWriter, { parent, position }: NodePlace): void {
  writeElement(writer, parent);
  writer.string(position);
}

function readPlace(reader: ByteReader): NodePlace {
  const parent = readElement(reader);
  const position = reader.string();
  if (POSITION.test(position)) return { parent, position };
  throw new DecodeError('position: expected letters and digits, got something else');
}
