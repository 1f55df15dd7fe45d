/**
 * Goal: undoing gives exactly what was before, redoing exactly what was after; and what was undone
 * is as if it had never been, for whoever worked on other things meanwhile.
 *
 * Method: random transactions on a document of everything. What each showed is noted and compared
 * on the way back, forth, and back again. In the second test, a peer edits things that the first
 * one never touches, all the time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonDocument, UndoManager } from '../../src/document/index.ts';
import { board, type Board, drawsFrom, edit } from '../support/board.ts';

const numbers = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 4, maxLength: 60, size: 'max' });

function stepThrough(document: Board, draws: readonly number[], between: () => void): void {
  const manager = new UndoManager(document);
  const { draw, drawnCount } = drawsFrom(draws);
  const shown = [document.toJSON()];
  while (drawnCount() < draws.length) {
    const before = document.eventCount;
    const stepCount = manager.undoCount;
    document.transact(() => {
      for (let count = draw(4); count >= 0; count -= 1) edit(document, draw);
    });
    if (document.eventCount > before && manager.undoCount > stepCount)
      shown.push(document.toJSON());
    between();
  }
  expect(manager.undoCount).toBe(shown.length - 1);
  for (let round = 0; round < 2; round += 1) {
    for (const expected of shown.slice(0, -1).reverse()) {
      manager.undo();
      expect(document.toJSON()).toEqual(expected);
      between();
    }
    for (const expected of shown.slice(1)) {
      manager.redo();
      expect(document.toJSON()).toEqual(expected);
      between();
    }
  }
}

test('all steps can be taken back and brought back, again and again', () => {
  fc.assert(
    fc.property(numbers, (draws) => {
      stepThrough(new JsonDocument({ replicaId: 'ann', schema: board }), draws, () => undefined);
    }),
    { numRuns: Number(process.env['CRDTS_FUZZ_RUNS'] ?? 60) },
  );
});

test('so they can while another one works on other things', () => {
  fc.assert(
    fc.property(numbers, (draws) => {
      const ann = new JsonDocument({ replicaId: 'ann', schema: board });
      const bob = new JsonDocument({ replicaId: 'bob', schema: board });
      let count = 0;
      stepThrough(ann, draws, () => {
        count += 1;
        bob.applyAll(ann.updatesSince(bob.encodeVersion()));
        bob.root.notes.open(`bob ${count}`).insert(0, 'bob');
      });
      bob.applyAll(ann.updatesSince(bob.encodeVersion()));
      ann.applyAll(bob.updatesSince(ann.encodeVersion()));
      expect(bob.toJSON()).toEqual(ann.toJSON());
    }),
    { numRuns: 20 },
  );
});
