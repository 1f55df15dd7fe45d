import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { movableTreeCodec } from '../../src/codec/movable-tree-codec.ts';
import {
  type MovableTree,
  movableTree,
  type NodeId,
  type NodePlace,
  treeAtFloor,
} from '../../src/sequence/movable-tree.ts';
import { describeCompaction } from '../support/describe-compaction.ts';
import { describeType } from '../support/describe-type.ts';
import { naiveTree, type TreeOperation } from '../support/naive-tree.ts';

const { bottom, join, children } = movableTree;

/** All nodes and what they hang under, in the order of their ids. */
function placesOf(state: MovableTree): (readonly [NodeId, NodeId | undefined])[] {
  return [...state.tree.keys()]
    .filter((node) => movableTree.has(state, node))
    .map((node) => [node, movableTree.parent(state, node)]);
}

/** The tree as it is read, from the root or another node on. */
function outline(state: MovableTree, node: NodeId = ''): unknown[] {
  return children(state, node).map((child) => [child, ...outline(state, child)]);
}

function mutate(state: MovableTree, id: string, operation: TreeOperation): MovableTree | undefined {
  const nodes = placesOf(state).map(([node]) => node);
  if (operation.kind === 'create') {
    return movableTree.create(state, id, nodes[operation.under] ?? '').delta;
  }
  const node = nodes[operation.node % Math.max(1, nodes.length)];
  if (node === undefined) return undefined;
  if (operation.kind === 'remove') return movableTree.remove(state, id, node);
  const outcome = movableTree.move(state, id, node, nodes[operation.under] ?? '');
  return outcome.kind === 'moved' ? outcome.delta : undefined;
}

const operation: fc.Arbitrary<TreeOperation> = fc.oneof(
  fc.record({ kind: fc.constant('create'), under: fc.integer({ min: -1, max: 9 }) }),
  fc.record({ kind: fc.constant('move'), node: fc.nat(9), under: fc.integer({ min: -1, max: 9 }) }),
  fc.record({ kind: fc.constant('remove'), node: fc.nat(9) }),
);

describeType<MovableTree, TreeOperation>({
  lattice: movableTree,
  codec: movableTreeCodec,
  operations: [
    { kind: 'create', under: -1 },
    { kind: 'move', node: 0, under: 1 },
    { kind: 'move', node: 1, under: 0 },
    { kind: 'remove', node: 0 },
  ],
  moreOperations: operation,
  mutate,
  view: placesOf,
  specification: naiveTree,
  replicas: 'distinct',
});

describeCompaction<MovableTree, TreeOperation>({
  lattice: movableTree,
  codec: movableTreeCodec,
  operations: operation,
  mutate,
  view: outline,
  expectTidy: (state) => expect(state.log.size).toBe(0),
});

/** `state` with a node more. */
function grown(state: MovableTree, id: string, parent: NodeId = '', index?: number): MovableTree {
  return join(state, movableTree.create(state, id, parent, index).delta);
}

function moved(state: MovableTree, id: string, node: NodeId, parent: NodeId): MovableTree {
  const outcome = movableTree.move(state, id, node, parent);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  return join(state, outcome.delta);
}

describe('at once', () => {
  const both = grown(grown(bottom, 'a'), 'a');
  const [first, second] = ['1@a', '2@a'];

  test('two moves that make a cycle: the later one is skipped, and nothing is lost', () => {
    const left = moved(both, 'a', first, second);
    const right = moved(both, 'b', second, first);
    const joined = join(left, right);
    expect(outline(joined)).toEqual([[second, [first]]]);
    expect(join(right, left)).toEqual(joined);
    expect(joined.log.size).toBe(4);
  });

  test('a removal and a move of a node: the later stamp decides', () => {
    const removed = join(both, movableTree.remove(both, 'a', first));
    const elsewhere = moved(both, 'b', first, second);
    expect(outline(join(removed, elsewhere))).toEqual([[second, [first]]]);
    const twice = moved(moved(both, 'a', second, first), 'a', second, '');
    const late = join(twice, movableTree.remove(twice, 'a', first));
    expect(outline(join(late, elsewhere))).toEqual([[second]]);
  });

  test('a move into what is removed goes with it, and out of it is saved', () => {
    const removed = join(both, movableTree.remove(both, 'b', second));
    expect(outline(join(removed, moved(both, 'a', first, second)))).toEqual([]);
    const nested = moved(both, 'a', first, second);
    const gone = join(nested, movableTree.remove(nested, 'b', second));
    expect(outline(gone)).toEqual([]);
    expect(outline(join(gone, moved(nested, 'a', first, '')))).toEqual([[first]]);
  });
});

test('children are in the order in which they were put', () => {
  let tree = grown(grown(grown(bottom, 'a'), 'a'), 'a', '', 0);
  expect(children(tree, '')).toEqual(['3@a', '1@a', '2@a']);
  tree = grown(tree, 'b', '', 2);
  expect(children(tree, '')).toEqual(['3@a', '1@a', '4@b', '2@a']);
  const outcome = movableTree.move(tree, 'a', '3@a', '', 3);
  if (outcome.kind === 'moved') tree = join(tree, outcome.delta);
  expect(children(tree, '')).toEqual(['1@a', '4@b', '2@a', '3@a']);
  expect(movableTree.parent(tree, '1@a')).toBe('');
  expect(movableTree.parent(tree, '')).toBe(undefined);
});

test('what cannot be done is said or refused', () => {
  const tree = grown(grown(bottom, 'a'), 'a', '1@a');
  const refused = (reason: string): unknown => ({ kind: 'refused', reason });
  expect(movableTree.move(tree, 'a', '1@a', '2@a')).toEqual(refused('cycle'));
  expect(movableTree.move(tree, 'a', '1@a', '1@a')).toEqual(refused('cycle'));
  expect(movableTree.move(tree, 'a', '', '1@a')).toEqual(refused('gone'));
  expect(movableTree.move(tree, 'a', '9@z', '1@a')).toEqual(refused('gone'));
  expect(movableTree.move(tree, 'a', '1@a', 'trash')).toEqual(refused('gone'));
  expect(movableTree.remove(tree, 'a', '')).toBe(bottom);
  expect(() => movableTree.create(tree, 'a', '9@z')).toThrow(RangeError);
  expect(() => movableTree.create(tree, '', '')).toThrow(RangeError);
  expect(() => movableTree.create(tree, 'a', '', 2)).toThrow(RangeError);
  expect(() => movableTree.move(tree, 'a', '2@a', '', NaN)).toThrow(RangeError);
  expect(children(tree, '9@z')).toEqual([]);
});

test('late moves are put in where they belong, in whatever order they come', () => {
  let tree = bottom;
  const deltas: MovableTree[] = [];
  for (let index = 0; index < 30; index += 1) {
    const delta =
      mutate(tree, 'a', {
        kind: index < 8 ? 'create' : 'move',
        node: index * 7,
        under: index % 8,
      }) ?? bottom;
    deltas.push(delta);
    tree = join(tree, delta);
  }
  fc.assert(
    fc.property(fc.shuffledSubarray(deltas, { minLength: 30 }), (some) => {
      const other = some.reduce((state, delta) => join(state, delta), bottom);
      expect(other).toEqual(tree);
      expect(treeAtFloor(other).size).toBe(0);
    }),
  );
});

test('ids that look like parts of keys are ids', () => {
  const [left, right] = ['a/V 2@b', 'b/V 3@a/V 2@b'];
  let tree = grown(bottom, 'a');
  tree = grown(tree, left, '1@a');
  tree = grown(tree, right, `2@${left}`);
  tree = grown(tree, 'b', '1@a', 0);
  expect(outline(tree)).toEqual([['1@a', ['4@b'], [`2@${left}`, [`3@${right}`]]]]);
  expect(movableTreeCodec.decode(movableTreeCodec.encode(tree))).toEqual(tree);
});

test('bytes with a position that is none are refused', () => {
  const place = { parent: '', position: 'V V' };
  const two = grown(grown(bottom, 'a'), 'a');
  const tree = movableTree.compact(two, two);
  const forged = { ...tree, tree: tree.tree.set('1@a', place) };
  expect(() => movableTreeCodec.decode(movableTreeCodec.encode(forged))).toThrow('position');
});

test('bytes with a cycle below the floor are refused', () => {
  const two = grown(grown(bottom, 'a'), 'a');
  const tree = movableTree.compact(two, two);
  const place = (parent: NodeId): NodePlace => ({ parent, position: 'V' });
  const ring = tree.tree.set('1@a', place('2@a')).set('2@a', place('1@a'));
  const forged = { ...tree, tree: ring };
  expect(() => movableTreeCodec.decode(movableTreeCodec.encode(forged))).toThrow('cycle');
});
