import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  differenceOf,
  mappedPosition,
  type Patch,
  patched,
  sharedTextOf,
  survivingRanges,
} from '../../src/bindings/shared-text.ts';
import { PlainText } from '../support/plain-text.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁'), maxLength: 12 });

describe('the difference of two texts', () => {
  test('leads from one to the other, and tears no pair', () => {
    fc.assert(
      fc.property(letters, letters, fc.nat(30), (before, after, caret) => {
        const edit = differenceOf(before, after, caret);
        expect(patched(before, edit === undefined ? [] : [edit])).toBe(after);
        if (edit === undefined) return;
        expect(edit.inserted.isWellFormed()).toBe(true);
        const rest = before.slice(0, edit.position);
        expect(rest.isWellFormed()).toBe(true);
        expect(before.slice(edit.position + edit.deleteCount).isWellFormed()).toBe(true);
      }),
    );
  });

  test.each<[string, string, number, Patch]>([
    ['aaa', 'aaaa', 1, { position: 0, deleteCount: 0, inserted: 'a' }],
    ['aaa', 'aaaa', 2, { position: 1, deleteCount: 0, inserted: 'a' }],
    ['aaa', 'aaaa', 4, { position: 3, deleteCount: 0, inserted: 'a' }],
    ['aaaa', 'aaa', 2, { position: 2, deleteCount: 1, inserted: '' }],
    ['abcabc', 'abc', 0, { position: 0, deleteCount: 3, inserted: '' }],
    ['😀', '😁', 2, { position: 0, deleteCount: 2, inserted: '😁' }],
    ['one two', 'one 2 two', 6, { position: 4, deleteCount: 0, inserted: '2 ' }],
    ['', 'new', 3, { position: 0, deleteCount: 0, inserted: 'new' }],
  ])('%j to %j with the caret at %i is one edit there', (before, after, caret, edit) => {
    expect(differenceOf(before, after, caret)).toEqual(edit);
  });
});

describe('a position', () => {
  test.each<[number, 'before' | 'after', Patch, number]>([
    [3, 'before', { position: 3, deleteCount: 0, inserted: 'xx' }, 3],
    [3, 'after', { position: 3, deleteCount: 0, inserted: 'xx' }, 5],
    [3, 'before', { position: 1, deleteCount: 0, inserted: 'xx' }, 5],
    [3, 'after', { position: 4, deleteCount: 1, inserted: 'xx' }, 3],
    [3, 'before', { position: 2, deleteCount: 2, inserted: 'xxx' }, 2],
    [3, 'after', { position: 2, deleteCount: 2, inserted: 'xxx' }, 5],
    [3, 'before', { position: 1, deleteCount: 2, inserted: '' }, 1],
    [3, 'before', { position: 3, deleteCount: 2, inserted: 'x' }, 3],
  ])('%i, %s, after %o is %i', (position, side, patch, expected) => {
    expect(mappedPosition([patch], position, side)).toBe(expected);
  });
});

test('what survives of a range is what was in it, and nothing that came in', () => {
  const patch = fc.record({
    at: fc.nat(20),
    count: fc.nat(4),
    inserted: fc.constantFrom('', 'X', 'XY'),
  });
  fc.assert(
    fc.property(fc.array(patch, { maxLength: 5 }), fc.nat(12), fc.nat(6), (drawn, from, count) => {
      const text = 'abcdefghijklmnopqr';
      let current = text;
      const patches = drawn.map(({ at, count: wanted, inserted }) => {
        const position = Math.min(at, current.length);
        const deleteCount = Math.min(wanted, current.length - position);
        const one = { position, deleteCount, inserted };
        current = patched(current, [one]);
        return one;
      });
      const kept = survivingRanges(patches, from, from + count)
        .map(([start, end]) => current.slice(start, end))
        .join('');
      const left = Array.from(text.slice(from, from + count)).filter((letter) =>
        current.includes(letter),
      );
      expect(kept).toBe(left.join(''));
    }),
  );
});

test('a text that is a part of a document can be bound', () => {
  const inner = new PlainText('ab');
  const text = sharedTextOf(inner, inner);
  let changeCount = 0;
  const unsubscribe = text.onChange(({ patches }) => {
    expect(patches).toEqual([]);
    changeCount += 1;
  });
  text.transact(() => {
    text.replace(0, 1, 'x');
    text.replace(1, 0, 'y');
  });
  expect([text.toString(), text.length, changeCount]).toEqual(['xyb', 3, 1]);
  unsubscribe();
  text.replace(0, 1, '');
  expect(changeCount).toBe(1);
});
