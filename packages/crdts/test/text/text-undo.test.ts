import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JsonDocument, mark, runs, schema } from '../../src/document/index.ts';
import type { EventRange } from '../../src/graph/causal-graph.ts';

const page = schema.map({ text: schema.text() });

function pair() {
  const ann = new JsonDocument({ replicaId: 'ann', schema: page });
  const bob = new JsonDocument({ replicaId: 'bob', schema: page });
  const sync = () => {
    bob.applyAll(ann.updatesSince(bob.encodeVersion()));
    ann.applyAll(bob.updatesSince(ann.encodeVersion()));
    expect(ann.toJSON()).toEqual(bob.toJSON());
  };
  return { ann, bob, sync };
}

/** The events of `edit`. */
function commit(document: JsonDocument<typeof page>, edit: () => void) {
  const start = document.eventCount;
  edit();
  return { start, end: document.eventCount };
}

describe('undoing text', () => {
  it('removes what was typed, and leaves what others typed into it', () => {
    const { ann, bob, sync } = pair();
    const typed = commit(ann, () => ann.root.text.insert(0, 'Hello world'));
    sync();
    bob.root.text.insert(5, ', dear');
    sync();
    ann.undo([typed]);
    sync();
    expect(ann.root.text.toString()).toBe(', dear');
  });

  it.each([
    ['forwards', [[1, 3]]],
    [
      'backwards',
      [
        [3, 1],
        [2, 1],
        [1, 1],
      ],
    ],
    [
      'from outside in',
      [
        [1, 1],
        [2, 1],
        [1, 1],
      ],
    ],
  ])('brings back what was deleted %s, where it was', (_way, deletions) => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'abcde');
    sync();
    const deleted = commit(ann, () => {
      ann.transact(() => {
        for (const [at = 0, count = 0] of deletions) ann.root.text.delete(at, count);
      });
    });
    expect(ann.root.text.toString()).toBe('ae');
    sync();
    bob.root.text.insert(0, '<');
    bob.root.text.insert(3, '>');
    sync();
    ann.undo([deleted]);
    sync();
    expect(ann.root.text.toString()).toBe('<abcde>');
  });

  it('takes away what came back when its typing is undone, whoever brought it back', () => {
    const { ann, bob, sync } = pair();
    const typed = commit(ann, () => ann.root.text.insert(0, 'Hello'));
    sync();
    const deleted = commit(bob, () => bob.root.text.delete(1, 4));
    let undone = bob.undo([deleted]);
    undone = bob.undo([undone]);
    bob.undo([undone]);
    sync();
    expect(ann.root.text.toString()).toBe('Hello');
    const gone = ann.undo([typed]);
    sync();
    expect(ann.root.text.toString()).toBe('');
    ann.undo([gone]);
    sync();
    expect(ann.root.text.toString()).toBe('Hello');
  });

  it('brings back once what two deleted and both want back', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'abc');
    sync();
    const byAnn = commit(ann, () => ann.root.text.delete(1, 1));
    const byBob = commit(bob, () => bob.root.text.delete(0, 2));
    sync();
    ann.undo([byAnn]);
    sync();
    bob.undo([byBob]);
    sync();
    expect(ann.root.text.toString()).toBe('abc');
  });

  it('keeps surrogate pairs whole', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'a😀b');
    sync();
    const deleted = commit(ann, () => ann.root.text.delete(1, 2));
    sync();
    bob.root.text.insert(1, '👍');
    ann.undo([deleted]);
    sync();
    expect(ann.root.text.toString().isWellFormed()).toBe(true);
    expect(ann.root.text.toString()).toContain('😀');
  });

  it('brings back once what two deleted, if both take it back at once', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'abcd');
    sync();
    const byAnn = commit(ann, () => ann.root.text.delete(1, 2));
    const byBob = commit(bob, () => bob.root.text.delete(0, 2));
    sync();
    const annAgain = ann.undo([byAnn]);
    const bobAgain = bob.undo([byBob]);
    sync();
    expect(ann.root.text.toString()).toBe('abcd');
    ann.undo([annAgain]);
    bob.undo([bobAgain]);
    sync();
    expect(ann.root.text.toString()).toBe('d');
  });

  it('leaves text away that somebody else deleted, too, until that one wants it back', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'abcd');
    sync();
    const byAnn = commit(ann, () => ann.root.text.delete(1, 1));
    const byBob = commit(bob, () => bob.root.text.delete(0, 2));
    sync();
    const back = ann.undo([byAnn]);
    sync();
    expect(ann.root.text.toString()).toBe('cd');
    ann.undo([back]);
    bob.undo([byBob]);
    sync();
    expect(ann.root.text.toString()).toBe('acd');
  });

  it('brings back what cursors, marks and authors know', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'a bold word');
    mark(ann.root.text, 2, 6, 'bold', true);
    sync();
    const cursor = bob.root.text.cursor(6, 'after');
    const deleted = commit(bob, () => bob.root.text.delete(0, 8));
    sync();
    bob.undo([deleted]);
    sync();
    for (const { root } of [ann, bob]) expect(root.text.position(cursor)).toBe(6);
    expect(bob.root.text.authors()).toMatchObject([{ start: 0, end: 11, replicaId: 'ann' }]);
    bob.root.text.insert(6, 'er');
    sync();
    const bold = runs(ann.root.text).filter(({ marks }) => marks.has('bold'));
    expect(bold).toMatchObject([{ start: 2, end: 8 }]);
  });

  it('tells listeners what comes back, where it is', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, 'abcdef');
    sync();
    const deleted = commit(ann, () => ann.root.text.delete(1, 3));
    sync();
    const told: unknown[] = [];
    for (const document of [ann, bob]) document.onChange(({ changes }) => told.push(changes));
    ann.undo([deleted]);
    sync();
    const patches = [{ position: 1, deleteCount: 0, inserted: 'bcd' }];
    expect(told).toMatchObject([[{ patches }], [{ patches }]]);
  });

  it('tears no surrogate pair if what comes back is cut', () => {
    const { ann, bob, sync } = pair();
    ann.root.text.insert(0, '😀😀😀');
    sync();
    const deleted = commit(ann, () => ann.root.text.delete(0, 6));
    sync();
    ann.undo([deleted]);
    for (const part of ann.updatesSince(bob.encodeVersion(), 1)) {
      bob.apply(part);
      expect(bob.root.text.toString().isWellFormed()).toBe(true);
    }
    sync();
  });

  it('leaves there what was typed, and what no deletion of anybody counts against', () => {
    const step = fc.tuple(fc.nat(2), fc.nat(9), fc.nat(1_000), fc.nat(5));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        playAgainstModel(steps);
      }),
      { numRuns: Number(process.env['CRDTS_FUZZ_RUNS'] ?? 100) },
    );
  });
});

/** An edit, its characters, and by which events it was made, or undone, or redone last. */
interface Edit {
  readonly author: number;
  readonly isInsertion: boolean;
  readonly chars: string;
  range: EventRange;
  counts: boolean;
}

/**
 * Three type, delete, undo and redo, and each character there ever was is another one; so it is
 * known which of them have to be there.
 */
function playAgainstModel(
  steps: readonly (readonly [who: number, action: number, place: number, size: number])[],
): void {
  const documents = ['a', 'b', 'c'].map(
    (replicaId) => new JsonDocument({ replicaId, schema: page }),
  );
  const [first] = documents;
  const edits: Edit[] = [];
  const shown = new Set<string>();
  let charCount = 0;
  const toggle = (edit: Edit): void => {
    edit.range = documents[edit.author]!.undo([edit.range]);
    edit.counts = !edit.counts;
  };
  for (const [author, action, place, size] of steps) {
    const document = documents[author]!;
    const { text } = document.root;
    const start = place % (text.length + 1);
    const deleteCount = Math.min(size, text.length - start);
    const own = edits.filter((edit) => edit.author === author);
    if (action < 3) {
      const codes = Array.from({ length: size + 1 }, (_, at) => 0x4e00 + charCount + at);
      charCount += codes.length;
      const chars = String.fromCharCode(...codes);
      const range = commit(document, () => text.insert(start, chars));
      edits.push({ author, isInsertion: true, chars, range, counts: true });
    } else if (action < 5 && deleteCount > 0) {
      const chars = text.slice(start, start + deleteCount);
      const range = commit(document, () => text.delete(start, deleteCount));
      edits.push({ author, isInsertion: false, chars, range, counts: true });
    } else if (action < 8 && own.length > 0) {
      toggle(own[place % own.length]!);
    } else {
      document.applyAll(documents[place % 3]!.updatesSince(document.encodeVersion()));
    }
    shown.add(text.toString());
  }
  meet(documents);
  const there = new Set<string>();
  for (const { isInsertion, chars, counts } of edits) {
    for (const char of chars) if (isInsertion && counts) there.add(char);
  }
  for (const { isInsertion, chars, counts } of edits) {
    for (const char of chars) if (!isInsertion && counts) there.delete(char);
  }
  expect(new Set(first!.root.text.toString())).toEqual(there);
  // All at once, to see the order of all that there ever was.
  for (const edit of edits) if (edit.isInsertion !== edit.counts) toggle(edit);
  meet(documents);
  const all = first!.root.text.toString();
  expect(all).toHaveLength(charCount);
  for (const text of shown) {
    expect(text).toBe(
      Array.from(all)
        .filter((char) => text.includes(char))
        .join(''),
    );
  }
}

/** All take in what the others have, and show the same. */
function meet(documents: readonly JsonDocument<typeof page>[]): void {
  const [first] = documents;
  for (const one of documents) first!.applyAll(one.updatesSince(first!.encodeVersion()));
  for (const one of documents) {
    one.applyAll(first!.updatesSince(one.encodeVersion()));
    expect(one.root.text.toString()).toBe(first!.root.text.toString());
    expect(one.root.text.toString()).toHaveLength(one.root.text.length);
  }
}
