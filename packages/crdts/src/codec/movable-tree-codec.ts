import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import { SortedMap } from '../plain/sorted-map.ts';
import { dotOf, elementId } from '../sequence/element-id.ts';
import {
  counterOf,
  type MovableTree,
  type NodeId,
  type NodePlace,
  stampOf,
  TRASH,
  treeAtFloor,
  treeOf,
} from '../sequence/movable-tree.ts';
import { expectAllUsed, type IdTable, readIds, writeIds } from './stamp-fields.ts';
import { readPositive, stateCodec } from './state-codec.ts';

/** What a counter of 0 and one of 1 stand for, where the place of the replica is 0. */
const ROOT_MARK = 0;
const TRASH_MARK = 1;

/** What `keyBetween` makes; empty in the trash. */
const POSITION = /^[0-9A-Za-z]*$/;

/** The codec of movable trees and of their deltas. */
export const movableTreeCodec: Codec<MovableTree> = /* @__PURE__ */ stateCodec<MovableTree>({
  tag: 0x4b,
  write(writer, state) {
    const base = treeAtFloor(state);
    const places = writeIds(writer, replicasOf(state, base));
    writeStamp(writer, places, state.floor);
    writer.varint(base.size);
    for (const [node, place] of base) writePlace(writer, places, node, place);
    writer.varint(state.log.size);
    for (const [stamp, move] of state.log) {
      writeStamp(writer, places, stamp);
      writePlace(writer, places, move.node, move);
    }
  },
  read(reader) {
    const ids = readIds(reader);
    const floor = readStamp(reader, ids);
    const base = readAscending(reader, () => readPlace(reader, ids));
    expectTree(base);
    const moves = readAscending(reader, () => {
      const stamp = readStamp(reader, ids);
      if (stamp <= floor) throw new DecodeError('log: expected stamps above the floor');
      const [node, place] = readPlace(reader, ids);
      return [stamp, { ...place, node }] as const;
    });
    if (floor === '' && base.size > 0) throw new DecodeError('tree: expected a floor, got none');
    const state = treeOf(floor, base, moves);
    expectAllUsed(ids, replicasOf(state, base));
    return state;
  },
});

function writeStamp(writer: ByteWriter, places: ReadonlyMap<string, number>, stamp: string): void {
  const at = stamp.indexOf('@');
  writer.varint(stamp === '' ? 0 : (places.get(stamp.slice(at + 1)) ?? 0));
  if (stamp !== '') writer.varint(counterOf(stamp));
}

function readStamp(reader: ByteReader, ids: IdTable): string {
  const id = idOf(ids, reader.varint());
  return id === '' ? '' : stampOf(readPositive(reader), id);
}

function writeNode(writer: ByteWriter, places: ReadonlyMap<string, number>, node: NodeId): void {
  if (node === '' || node === TRASH) {
    writer.varint(0);
    writer.varint(node === '' ? ROOT_MARK : TRASH_MARK);
    return;
  }
  const { replicaId, counter } = dotOf(node);
  writer.varint(places.get(replicaId) ?? 0);
  writer.varint(counter);
}

function readNode(reader: ByteReader, ids: IdTable): NodeId {
  const replicaId = idOf(ids, reader.varint());
  if (replicaId !== '') return elementId({ replicaId, counter: readPositive(reader) });
  const mark = reader.varint();
  if (mark > TRASH_MARK) throw new DecodeError(`node: expected 0 or 1, got ${mark}`);
  return mark === ROOT_MARK ? '' : TRASH;
}

function writePlace(
  writer: ByteWriter,
  places: ReadonlyMap<string, number>,
  node: NodeId,
  { parent, position }: NodePlace,
): void {
  writeNode(writer, places, node);
  writeNode(writer, places, parent);
  writer.string(position);
}

function readPlace(reader: ByteReader, ids: IdTable): readonly [NodeId, NodePlace] {
  const node = readNode(reader, ids);
  if (node === '' || node === TRASH) throw new DecodeError('node: expected one that can move');
  const parent = readNode(reader, ids);
  const position = reader.string();
  if (POSITION.test(position)) return [node, { parent, position }];
  throw new DecodeError('position: expected letters and digits, got something else');
}

function idOf(ids: IdTable, place: number): string {
  const id = ids[place];
  if (id === undefined) throw new DecodeError(`replica: expected a place, got ${place}`);
  return id;
}

/** Entries of at least five bytes, in ascending order. */
function readAscending<Value>(
  reader: ByteReader,
  read: () => readonly [string, Value],
): SortedMap<Value> {
  const entries: (readonly [string, Value])[] = [];
  for (let count = reader.count(5); count > 0; count -= 1) {
    const entry = read();
    if (entry[0] <= (entries.at(-1)?.[0] ?? '')) {
      throw new DecodeError('entries: expected ascending ones, got another order');
    }
    entries.push(entry);
  }
  return SortedMap.fromSorted(entries);
}

/** That there are no cycles: who walks up would never arrive. */
function expectTree(tree: SortedMap<NodePlace>): void {
  const safe = new Set<NodeId>();
  for (const node of tree.keys()) {
    const path = new Set<NodeId>();
    let at: NodeId | undefined = node;
    while (at !== undefined && !safe.has(at)) {
      if (path.has(at)) throw new DecodeError('tree: expected no cycle, got one');
      path.add(at);
      at = tree.get(at)?.parent;
    }
    for (const one of path) safe.add(one);
  }
}

/** All replicas that are named. */
function* replicasOf(state: MovableTree, base: SortedMap<NodePlace>): Generator<string> {
  const nodes: NodeId[] = [];
  for (const [node, { parent }] of base) nodes.push(node, parent);
  for (const { node, parent } of state.log.values()) nodes.push(node, parent);
  for (const node of nodes) if (node.includes('@')) yield dotOf(node).replicaId;
  for (const stamp of [state.floor, ...state.log.keys()]) {
    if (stamp !== '') yield stamp.slice(stamp.indexOf('@') + 1);
  }
}
