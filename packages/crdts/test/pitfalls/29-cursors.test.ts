import { describe, expect, it } from 'vitest';
import { cursorAt, positionOf } from '../../src/text/cursors.ts';
import { pull, textReplicas } from '../support/text-replicas.ts';

describe('a cursor', () => {
  it('in deleted text is between what is left of it', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'one two three');
    const cursors = [cursorAt(ann!, 5, 'after'), cursorAt(ann!, 5, 'before')];
    bob!.delete(3, 4);
    pull(ann!, bob!);
    expect(ann!.toString()).toBe('one three');
    expect(cursors.map((cursor) => positionOf(ann!, cursor))).toEqual([3, 3]);
    ann!.insert(3, '!');
    for (const position of cursors.map((cursor) => positionOf(ann!, cursor))) {
      expect([3, 4]).toContain(position);
    }
  });

  it('means the same place on every replica, also of text that arrives later', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'hello');
    ann!.insert(5, ' world');
    const cursor = cursorAt(ann!, 8, 'after');
    const sent: unknown = JSON.parse(JSON.stringify(cursor));
    expect(sent).toEqual(cursor);
    expect(positionOf(bob!, cursor)).toBe(-1);
    bob!.insert(0, '>> ');
    pull(bob!, ann!);
    expect(positionOf(bob!, cursor)).toBe(11);
  });

  it('stays where it is while its owner types on after a merge', () => {
    const [ann, bob] = textReplicas(['ann', 'bob'], 'ab');
    const cursor = cursorAt(bob!, 1, 'after');
    for (let at = 0; at < 100; at += 1) {
      ann!.insert(0, 'x');
      bob!.insert(positionOf(bob!, cursor) + 1, 'y');
      pull(ann!, bob!);
      pull(bob!, ann!);
      expect(positionOf(bob!, cursor)).toBe(at + 2);
      expect(positionOf(ann!, cursor)).toBe(at + 2);
    }
  });
});
