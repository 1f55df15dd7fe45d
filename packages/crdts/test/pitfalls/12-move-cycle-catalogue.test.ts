/**
 * Move A under B and at once B under A: one is applied, there is no cycle, and nothing is lost. And
 * whatever ten replicas move a thousand times each, all of them have a tree, and the same.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type MovableTree, movableTree, type NodeId } from '../../src/sequence/movable-tree.ts';

const { bottom, join } = movableTree;

/** The nodes of a tree that was built from the root alone. */
function built(nodeCount: number): {
  readonly tree: MovableTree;
  readonly nodes: readonly NodeId[];
} {
  let tree = bottom;
  const nodes: NodeId[] = [];
  for (let index = 0; index < nodeCount; index += 1) {
    const { node, delta } = movableTree.create(tree, 'base', '');
    tree = join(tree, delta);
    nodes.push(node);
  }
  return { tree, nodes };
}

/** How many nodes can be reached from the root: each once, or there would be a cycle. */
function reached(tree: MovableTree): NodeId[] {
  const found: NodeId[] = [];
  for (const pending: NodeId[] = ['']; ;) {
    const node = pending.pop();
    if (node === undefined) return found.sort();
    if (node !== '') found.push(node);
    expect(found.length).toBeLessThanOrEqual(tree.tree.size);
    pending.push(...movableTree.children(tree, node));
  }
}

function move(tree: MovableTree, id: string, node: NodeId, parent: NodeId): MovableTree {
  const outcome = movableTree.move(tree, id, node, parent);
  return outcome.kind === 'moved' ? outcome.delta : bottom;
}

test('A under B and B under A at once: one of them is applied', () => {
  const { tree, nodes } = built(2);
  const [a, b] = [nodes[0]!, nodes[1]!];
  const left = join(tree, move(tree, 'x', a, b));
  const right = join(tree, move(tree, 'y', b, a));
  const both = join(left, right);
  expect(join(right, left)).toEqual(both);
  expect(reached(both)).toEqual([a, b].sort());
  expect(movableTree.parent(both, a)).toBe(b);
  expect(movableTree.parent(both, b)).toBe('');
});

test('three moves that make a ring together', () => {
  const { tree, nodes } = built(3);
  const [a, b, c] = [nodes[0]!, nodes[1]!, nodes[2]!];
  const all = [move(tree, 'x', a, b), move(tree, 'y', b, c), move(tree, 'z', c, a)];
  const joined = all.reduce((state, delta) => join(state, delta), tree);
  expect(reached(joined)).toEqual([a, b, c].sort());
  expect(all.toReversed().reduce((state, delta) => join(state, delta), tree)).toEqual(joined);
});

test('ten replicas, a thousand moves each: always a tree, and the same in the end', () => {
  const { tree, nodes } = built(40);
  const [draws] = fc.sample(fc.array(fc.nat(1_000_000), { minLength: 20_000, maxLength: 20_000 }), {
    numRuns: 1,
    seed: 20_210_701,
  });
  let at = 0;
  const draw = (max: number): number => draws![at++ % draws!.length]! % max;
  const states = Array.from({ length: 10 }, () => tree);
  for (let round = 0; round < 5; round += 1) {
    for (const [index] of states.entries()) {
      for (let count = 0; count < 200; count += 1) {
        const state = states[index]!;
        const delta = move(state, `r${index}`, nodes[draw(40)]!, nodes[draw(40)]!);
        states[index] = join(state, delta);
      }
      const other = draw(10);
      states[index] = join(states[index] ?? bottom, states[other] ?? bottom);
      expect(reached(states[index] ?? bottom)).toEqual([...nodes].sort());
    }
  }
  const all = states.reduce((sum, state) => join(sum, state));
  expect(all.log.size).toBeGreaterThan(5_000);
  expect(reached(all)).toEqual([...nodes].sort());
  const backwards = states.toReversed().reduce((sum, state) => join(sum, state));
  expect([...backwards.tree]).toEqual([...all.tree]);
});

test('a move and a removal of the new parent at once: the node goes with it, or is saved', () => {
  const { tree, nodes } = built(2);
  const [node, parent] = [nodes[0]!, nodes[1]!];
  const removed = join(tree, movableTree.remove(tree, 'x', parent));
  const both = join(removed, move(tree, 'y', node, parent));
  expect(reached(both)).toEqual([]);
  // Whoever sees that can still undo it: both are there, in the trash.
  expect(both.tree.get(node)?.parent).toBe(parent);
});
