/**
 * Goal: to take back events of another replica is what their author would have done by undoing,
 * also if several do it at once, and whatever was done since.
 *
 * Method: two edit a document of everything, and hear of each other now and then. A transaction of
 * the first is undone by itself, and taken back by two others who do not know of that.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { JsonDocument, schema, takeBack } from '../../src/document/index.ts';
import { type Board, board, drawsFrom, edit } from '../support/board.ts';

const numbers = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 4, maxLength: 60, size: 'max' });

function hear(to: Board, from: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function written(draws: readonly number[]): {
  readonly ann: Board;
  readonly bob: Board;
  readonly commits: readonly { readonly start: number; readonly end: number }[];
} {
  const [ann, bob] = ['ann', 'bob'].map(
    (replicaId) => new JsonDocument({ replicaId, schema: board }),
  ) as [Board, Board];
  const commits: { readonly start: number; readonly end: number }[] = [];
  ann.onCommit((commit) => commits.push(commit));
  const { draw, drawnCount } = drawsFrom(draws);
  while (drawnCount() < draws.length) {
    const writer = draw(3) === 0 ? bob : ann;
    writer.transact(() => {
      for (let count = draw(4); count >= 0; count -= 1) edit(writer, draw);
    });
    if (draw(2) === 0) hear(bob, ann);
    if (draw(2) === 0) hear(ann, bob);
  }
  return { ann, bob, commits };
}

test('is as if their author had undone them, however many do it', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (draws, chosen) => {
      const { ann, bob, commits } = written(draws);
      const at = chosen % Math.max(1, commits.length);
      const commit = commits[at];
      if (commit === undefined) return;
      const sequence = commits.slice(0, at).reduce((sum, { start, end }) => sum + end - start, 0);
      const events = [{ replicaId: 'ann', sequence, count: commit.end - commit.start }];
      hear(bob, ann);
      const carol = bob.fork({ replicaId: 'carol' });
      hear(ann, bob);
      ann.undo([commit]);
      takeBack(bob, events);
      takeBack(carol, events);
      expect(bob.toJSON()).toEqual(ann.toJSON());
      hear(ann, bob);
      hear(ann, carol);
      hear(bob, ann);
      expect(ann.toJSON()).toEqual(carol.toJSON());
      expect(bob.toJSON()).toEqual(ann.toJSON());
      const later = JsonDocument.load(bob.save(), { replicaId: 'dan', verify: true });
      expect(later.toJSON()).toEqual(bob.toJSON());
    }),
  );
});

describe('what was taken back', () => {
  const page = schema.map({ text: schema.text(), color: schema.register<string>() });

  function setUp() {
    const ann = new JsonDocument({ replicaId: 'ann', schema: page });
    ann.transact(() => {
      ann.root.text.insert(0, 'Hello');
      ann.root.color = 'red';
    });
    return ann.fork({ replicaId: 'bob' });
  }

  test('comes back by undo', () => {
    const bob = setUp();
    const taken = takeBack(bob, [{ replicaId: 'ann', sequence: 0, count: 7 }]);
    expect(bob.toJSON()).toEqual({});
    bob.undo([taken]);
    expect(bob.toJSON()).toEqual({ color: 'red', text: 'Hello' });
  });

  test.each([
    ['nobody', 0, 1],
    ['ann', 0, 8],
    ['ann', 7, 1],
    ['ann', -1, 1],
    ['ann', 0, 0],
    ['ann', 0.5, 1],
    ['ann', 0, Number.NaN],
    ['bob', 0, 1],
  ])('must be there: %s %d and %d more are refused', (replicaId, sequence, count) => {
    const bob = setUp();
    const before = bob.eventCount;
    const known = { replicaId: 'ann', sequence: 0, count: 7 };
    expect(() => takeBack(bob, [known, { replicaId, sequence, count }])).toThrow(RangeError);
    expect([bob.eventCount, bob.toJSON()]).toEqual([before, { color: 'red', text: 'Hello' }]);
  });
});
