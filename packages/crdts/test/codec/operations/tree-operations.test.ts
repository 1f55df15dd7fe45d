import { expect, test } from 'vitest';

import { movableTreeCodec } from '../../../src/codec/movable-tree-codec.ts';
import { movableTreeOperations } from '../../../src/codec/operations/tree-operations.ts';
import { movableTree } from '../../../src/sequence/movable-tree.ts';
import { describeOperations } from '../../support/describe-operations.ts';

describeOperations({
  type: movableTreeOperations,
  lattice: movableTree,
  codec: movableTreeCodec,
  acts: ['create', 'nest', 'move', 'remove'] as const,
  mutate(state, id, act) {
    const [first, second] = movableTree.children(state, '');
    if (act === 'create') return movableTree.create(state, id, '').delta;
    if (first === undefined) return undefined;
    if (act === 'nest') return movableTree.create(state, id, first).delta;
    if (act === 'remove') return movableTree.remove(state, id, first);
    if (second === undefined) return undefined;
    const outcome = movableTree.move(state, id, first, second);
    return outcome.kind === 'moved' ? outcome.delta : undefined;
  },
  replicas: 'distinct',
});

test('what somebody else moved is no change of its author', () => {
  const { delta } = movableTree.create(movableTree.bottom, 'a', '');
  expect(() => movableTreeOperations.prepare(movableTree.bottom, 'b', delta)).toThrow(RangeError);
});
