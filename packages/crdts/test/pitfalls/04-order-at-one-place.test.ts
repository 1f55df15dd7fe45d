import { describe, expect, it } from 'vitest';
import { FugueTree } from '../support/fugue-tree.ts';
import { type RawTransaction, reordered, TextReplica } from '../support/raw-history.ts';

/** Insertions after one character, of authors who saw different characters to the right of it. */
const histories: readonly (readonly RawTransaction[])[] = [
  [
    { agent: 'a', parents: [], seqStart: 0, ops: [[0, 0, 'L']] },
    { agent: 'b', parents: [0], seqStart: 0, ops: [[1, 0, 'R']] },
    { agent: 'c', parents: [0], seqStart: 0, ops: [[1, 0, 'S']] },
    { agent: 'd', parents: [1], seqStart: 0, ops: [[1, 0, 'x']] },
    { agent: 'e', parents: [2], seqStart: 0, ops: [[1, 0, 'y']] },
    { agent: 'a', parents: [1, 2], seqStart: 1, ops: [[1, 0, 'z']] },
  ],
  [
    { agent: 'c', parents: [], seqStart: 0, ops: [[0, 0, 'ab']] },
    { agent: 'a', parents: [1], seqStart: 0, ops: [[1, 1, '']] },
    { agent: 'b', parents: [1], seqStart: 0, ops: [[1, 0, 'q']] },
    { agent: 'a', parents: [2], seqStart: 1, ops: [[1, 0, 'p']] },
    { agent: 'c', parents: [2, 3], seqStart: 2, ops: [[1, 0, 'r']] },
    { agent: 'b', parents: [2, 3], seqStart: 1, ops: [[2, 0, 's']] },
  ],
];

describe('insertions with one left origin and different neighbours to the right', () => {
  // Why this test? Beside the 1,000 cases of the eg-walker paper's data (conformance.test.ts),
  // these stand alone: the order is that of the tree of the Fugue paper, whatever arrives first.
  it('stand in the order of the tree, in whatever order they arrive', () => {
    for (const history of histories) {
      const tree = new FugueTree();
      for (const transaction of history) tree.apply(transaction);
      for (let seed = 0; seed < 50; seed += 1) {
        const replica = new TextReplica();
        for (const transaction of reordered(history, seed)) replica.apply(transaction);
        expect(replica.text.toString()).toBe(tree.textAt());
      }
    }
  });
});
