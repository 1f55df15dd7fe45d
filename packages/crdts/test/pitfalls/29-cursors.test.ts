import { describe, expect, it } from 'vitest';
import { pull, textReplicas } from '../support/text-replicas.ts';

describe('a cursor', () => {
  it('in deleted text is between what is left of it', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'one two three');
    const cursors = [ann!.cursorAt(5, 'after'), ann!.cursorAt(5, 'before')];
    bob!.delete(3, 4);
    pull(ann!, bob!);
    expect(ann!.toString()).toBe('one three');
    expect(cursors.map((cursor) => ann!.positionOf(cursor))).toEqual([3, 3]);
    ann!.insert(3, '!');
    for (const position of cursors.map((cursor) => ann!.positionOf(cursor))) {
      expect([3, 4]).toContain(position);
    }
  });

  it('means the same place on every replica, also of text that arrives later', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'hello');
    ann!.insert(5, ' world');
    const cursor = ann!.cursorAt(8, 'after');
    const sent: unknown = JSON.parse(JSON.stringify(cursor));
    expect(sent).toEqual(cursor);
    expect(bob!.positionOf(cursor)).toBe(-1);
    bob!.insert(0, '>> ');
    pull(bob!, ann!);
    expect(bob!.positionOf(cursor)).toBe(11);
  });

  it('stays where it is while its owner types on after a merge', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'ab');
    const cursor = bob!.cursorAt(1, 'after');
    for (let at = 0; at < 100; at += 1) {
      ann!.insert(0, 'x');
      bob!.insert(bob!.positionOf(cursor) + 1, 'y');
      pull(ann!, bob!);
      pull(bob!, ann!);
      expect(bob!.positionOf(cursor)).toBe(at + 2);
      expect(ann!.positionOf(cursor)).toBe(at + 2);
    }
  });
});
