/**
 * Goal: no short history exists in which the order of arrival makes a difference.
 *
 * Method: all histories of a few operations by three replicas, in all causal orders of delivery,
 * see test/support/exhaustive.ts. The specification takes in the same packets sorted by (Lamport
 * time, replica id).
 */
import { describe, expect, it } from 'vitest';

import { COUNTER, LIST, MAP, TREE } from '../../src/document/container.ts';
import { CounterState } from '../../src/document/counter-state.ts';
import type { DocumentState } from '../../src/document/document-state.ts';
import { ListState } from '../../src/document/list-state.ts';
import { MapState } from '../../src/document/map-state.ts';
import { TreeState } from '../../src/document/tree-state.ts';
import { checkExhaustively, depthOf, type Subject } from '../support/exhaustive.ts';
import { type Packet, PacketReplica } from '../support/packet-replica.ts';

type Packets = readonly Packet[];
type Operation = (replica: PacketReplica) => void;

function replicaWith(replicaId: string, packets: Packets): PacketReplica {
  const replica = new PacketReplica(replicaId);
  for (const packet of packets) replica.receive(packet);
  return replica;
}

function sorted(packets: Packets): Packet[] {
  return [...packets].sort(
    (left, right) => left.lamport - right.lamport || (left.replicaId < right.replicaId ? -1 : 1),
  );
}

function shown(packets: Packets): unknown {
  return replicaWith('reader', packets).state.root.toJSON();
}

function subject(operations: readonly Operation[]): Subject<Packets, Operation, Packet> {
  return {
    bottom: [],
    operations,
    issue: (packets, replicaId, operation) => {
      const replica = replicaWith(replicaId, packets);
      return replica.change(() => operation(replica));
    },
    receive: (packets, packet) => [...packets, packet],
    show: (packets) => JSON.stringify(shown(packets)),
    view: shown,
    specification: () => undefined,
  };
}

/** The same, with the specification of the packets themselves. */
function check(operations: readonly Operation[], depth: number): number {
  const base = subject(operations);
  return checkExhaustively(
    {
      ...base,
      view: (packets) => {
        expect(shown(packets)).toEqual(shown(sorted(packets)));
        return undefined;
      },
    },
    { depth },
  );
}

function listOf(state: DocumentState): ListState {
  const list = state.root.nested('x', LIST);
  if (!(list instanceof ListState)) throw new Error('no list');
  return list;
}

function treeOf(state: DocumentState): TreeState {
  const tree = state.root.nested('x', TREE);
  if (!(tree instanceof TreeState)) throw new Error('no tree');
  return tree;
}

/** Takes back, or brings back, what this replica did last. */
const undo: Operation = ({ graph, replicaId, packets, state }) => {
  const packet = packets.findLast((one) => one.replicaId === replicaId);
  if (packet === undefined) return;
  const lv = graph.lvOf(graph.replicaIndex(replicaId), packet.sequence);
  state.undo(lv, lv + packet.runs.reduce((sum, run) => sum + run.count, 0));
};

describe('all short histories', () => {
  it('of a list', () => {
    const operations: Operation[] = [
      ({ state }) => void listOf(state).insert(0, ['a', 'b']),
      ({ state }) => void listOf(state).insert(listOf(state).length, ['c']),
      ({ state }) => listOf(state).delete(0, 1),
      ({ state }) => listOf(state).length > 1 && listOf(state).move(0, 1),
      ({ state }) => listOf(state).length > 0 && listOf(state).put(0, 'p'),
      undo,
    ];
    expect(check(operations, depthOf(3))).toBeGreaterThan(500);
  });

  it('of a map with maps and counters in it', () => {
    const operations: Operation[] = [
      ({ state }) => state.root.put('x', 1),
      ({ state }) => state.root.remove('x'),
      ({ state }) => {
        const map = state.root.nested('x', MAP);
        if (map instanceof MapState) map.put('y', 2);
      },
      ({ state }) => {
        const counter = state.root.nested('x', COUNTER);
        if (counter instanceof CounterState) counter.add(1);
      },
      undo,
    ];
    expect(check(operations, depthOf(3))).toBeGreaterThan(500);
  });

  it('of a tree', () => {
    const nodes = (tree: TreeState) => {
      const all = [tree.root];
      for (const node of all) all.push(...tree.childrenOf(node));
      return all;
    };
    const operations: Operation[] = [
      ({ state }) => void treeOf(state).insert(treeOf(state).root, 0),
      ({ state }) => {
        const [, first, second] = nodes(treeOf(state));
        if (first !== undefined && second !== undefined) treeOf(state).move(first, second, 0);
      },
      ({ state }) => {
        const [, first, second] = nodes(treeOf(state));
        if (first !== undefined && second !== undefined) treeOf(state).move(second, first, 0);
      },
      ({ state }) => {
        const [, first] = nodes(treeOf(state));
        if (first !== undefined) treeOf(state).remove(first);
      },
      undo,
    ];
    expect(check(operations, depthOf(4))).toBeGreaterThan(500);
  });
});
