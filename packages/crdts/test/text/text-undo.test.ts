import { describe, expect, it } from 'vitest';

import { JsonDocument, schema } from '../../src/document/index.ts';

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

  // Why this test? Who undid something between the two halves forgot what was about to come back.
  it('knows what comes back after what says that it will, if they come apart', () => {
    const { ann, bob, sync } = pair();
    const typed = commit(bob, () => bob.root.text.insert(0, 'word'));
    const more = commit(bob, () => bob.root.text.insert(0, 'more '));
    sync();
    const deleted = commit(ann, () => ann.root.text.delete(5, 4));
    sync();
    ann.undo([deleted]);
    const parts = ann.updatesSince(bob.encodeVersion(), 1);
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) {
      bob.undo([bob.undo([more])]);
      bob.apply(part);
    }
    sync();
    expect(ann.root.text.toString()).toBe('more word');
    bob.undo([typed]);
    sync();
    expect(ann.root.text.toString()).toBe('more ');
  });
});
