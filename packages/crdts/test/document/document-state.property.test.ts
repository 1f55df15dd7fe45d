/**
 * Goal: the state of a document is a function of the set of its events, whatever the order in
 * which they arrived.
 *
 * Method: three to five replicas edit all types of containers, take each other's events in at
 * random times, undo and redo. In the end everybody has everything; all must show the same, and
 * the same as a twin that takes in the packets sorted by (Lamport time, replica id).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { COUNTER, LIST, MAP, TREE } from '../../src/document/container.ts';
import { CounterState } from '../../src/document/counter-state.ts';
import type { DocumentState } from '../../src/document/document-state.ts';
import { ListState } from '../../src/document/list-state.ts';
import { MapState } from '../../src/document/map-state.ts';
import { TreeState } from '../../src/document/tree-state.ts';
import { type Packet, PacketReplica } from '../support/packet-replica.ts';

/** Draws what a fuzzer needs from one list of numbers. */
type Draw = (below: number) => number;

const keys = ['a', 'b', '__proto__'];

function nestedMap(map: MapState, key: string): MapState {
  const nested = map.nested(key, MAP);
  if (!(nested instanceof MapState)) throw new Error('no map');
  return nested;
}

function editMap(map: MapState, draw: Draw): void {
  const key = keys[draw(keys.length)] ?? 'a';
  const action = draw(8);
  if (action < 2) map.put(key, draw(100));
  else if (action === 2) map.remove(key);
  else if (action < 5 && map.depth < 3) editMap(nestedMap(map, key), draw);
  else if (action === 5) editList(map.nested('list', LIST), draw);
  else if (action === 6) editTree(map.nested('tree', TREE), draw);
  else editCounter(map.nested(key, COUNTER), draw);
}

function editCounter(counter: unknown, draw: Draw): void {
  if (!(counter instanceof CounterState)) throw new Error('no counter');
  if (draw(6) === 0) counter.clear();
  else counter.add(draw(10) - 4);
}

function editList(list: unknown, draw: Draw): void {
  if (!(list instanceof ListState)) throw new Error('no list');
  const { length } = list;
  const action = draw(8);
  const index = draw(length + 1);
  if (action < 3 || length === 0) list.insert(index, [draw(1000), draw(1000)]);
  else if (action === 3) list.nest(index, 1, MAP);
  else if (action === 4) list.delete(draw(length), 1 + draw(3));
  else if (action === 5) list.move(draw(length), draw(length));
  else if (action === 6) list.put(draw(length), draw(1000));
  else {
    const content = list.at(draw(length))?.owner.content;
    if (content instanceof MapState) editMap(content, draw);
  }
}

function editTree(tree: unknown, draw: Draw): void {
  if (!(tree instanceof TreeState)) throw new Error('no tree');
  const nodes = [tree.root];
  for (const node of nodes) nodes.push(...tree.childrenOf(node));
  const parent = nodes[draw(nodes.length)] ?? tree.root;
  const node = nodes[draw(nodes.length)] ?? tree.root;
  const action = draw(6);
  if (action < 2 || node === tree.root) tree.insert(parent, draw(3));
  else if (action < 4) tree.move(node, parent, draw(3));
  else if (action === 4) tree.remove(node);
  else if (node.data instanceof MapState) editMap(node.data, draw);
}

/** Undoes or redoes one of this replica's own changes. */
function revokeOne(replica: PacketReplica, state: DocumentState, draw: Draw): void {
  const own = replica.packets.filter((packet) => packet.replicaId === replica.replicaId);
  const packet = own[draw(own.length)];
  if (packet === undefined) return;
  const index = replica.graph.replicaIndex(replica.replicaId);
  const lv = replica.graph.lvOf(index, packet.sequence);
  const count = packet.runs.reduce((sum, run) => sum + run.count, 0);
  state.undo(lv, lv + count);
}

/** What is there to see, and whether every index leads back to its element. */
function show(replica: PacketReplica): unknown {
  return replica.state.root.toJSON();
}

function sorted(packets: readonly Packet[]): Packet[] {
  return [...packets].sort(
    (left, right) => left.lamport - right.lamport || (left.replicaId < right.replicaId ? -1 : 1),
  );
}

function run(replicaCount: number, draws: readonly number[]): void {
  let next = 0;
  const draw: Draw = (below) => {
    const value = draws[next % draws.length] ?? 0;
    next += 1;
    return Math.trunc((value + next * 7919) % below);
  };
  const ids = ['b', 'a', 'd', 'c', 'e'].slice(0, replicaCount);
  const replicas = ids.map((id) => new PacketReplica(id));
  while (next < draws.length) {
    const replica = replicas[draw(replicaCount)] ?? replicas[0]!;
    const action = draw(10);
    if (action < 7) replica.change((state) => editMap(state.root, draw));
    else if (action === 7) replica.change((state) => revokeOne(replica, state, draw));
    else replica.pull(replicas[draw(replicaCount)] ?? replica);
  }
  for (const left of replicas) for (const right of replicas) left.pull(right);
  for (const left of replicas) for (const right of replicas) left.pull(right);
  const twin = new PacketReplica('twin');
  for (const packet of sorted(replicas[0]!.packets)) twin.receive(packet);
  const expected = show(twin);
  for (const replica of replicas) expect(show(replica)).toEqual(expected);
  replicas[0]!.state.rebuild();
  expect(show(replicas[0]!)).toEqual(expected);
}

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 300);

test.each([3, 5])('%i replicas show the same in every order of arrival', (replicaCount) => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 1500, size: 'max' }),
      (draws) => {
        run(replicaCount, draws);
      },
    ),
    { numRuns: runs },
  );
});
