import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ID, IN_SLOT, LENGTH, NOW, SpanTree, UNDERWATER } from '../../src/text/span-tree.ts';

/** The ids of all characters, in order. */
function idsOf(tree: SpanTree): number[] {
  const ids: number[] = [];
  if (tree.spanCount === 0) return ids;
  tree.toStart();
  do {
    for (let at = 0; at < tree.field(LENGTH); at += 1) ids.push(tree.field(ID) + at);
  } while (tree.next());
  return ids;
}

/** Puts a character after the visible one number `position - 1` of slot 0. */
function insertAt(tree: SpanTree, position: number, id: number, length: number): void {
  let left = -1;
  if (position === 0) {
    tree.toStart();
  } else {
    tree.seek(IN_SLOT, position - 1);
    left = tree.field(ID) + tree.offset;
    tree.offset += 1;
    if (tree.offset < tree.field(LENGTH)) {
      tree.splitHere();
    } else {
      tree.index += 1;
      tree.offset = 0;
    }
  }
  tree.insert(id, length, left, -1, 0);
}

describe('SpanTree', () => {
  it('keeps characters with consecutive ids as one span', () => {
    const tree = new SpanTree(0);
    for (let id = 0; id < 100; id += 1) insertAt(tree, id, id, 1);
    expect(tree.spanCount).toBe(1);
    expect(tree.total(NOW)).toBe(100);
    insertAt(tree, 50, 100, 10);
    expect(tree.spanCount).toBe(3);
    tree.locate(60);
    expect([tree.field(ID), tree.offset, tree.before(NOW)]).toEqual([50, 10, 70]);
  });

  it('finds characters older than what it covers', () => {
    const tree = new SpanTree(1000);
    insertAt(tree, 500, 0, 3);
    tree.locate(UNDERWATER + 700);
    expect(tree.before(NOW)).toBe(703);
    tree.locate(UNDERWATER + 499);
    expect(tree.before(NOW)).toBe(499);
    expect(tree.isBefore(UNDERWATER + 499, 0)).toBe(true);
    expect(tree.isBefore(UNDERWATER + 500, 2)).toBe(false);
  });

  it('counts each slot for itself, and joins spans that have become alike', () => {
    const tree = new SpanTree(0);
    for (const slot of [1, 2, 3]) expect(tree.addSlot(0)).toBe(slot);
    insertAt(tree, 0, 0, 10);
    tree.locate(3);
    expect(tree.isolate(4)).toBe(4);
    tree.change(1, 1);
    expect(tree.spanCount).toBe(3);
    expect([NOW, IN_SLOT, IN_SLOT + 1, IN_SLOT + 2].map((sum) => tree.total(sum))).toEqual([
      10, 10, 4, 0,
    ]);
    expect(tree.seek(IN_SLOT + 1, 4)).toBe(false);
    tree.locate(3);
    tree.isolate(4);
    tree.change(1, -1);
    expect(tree.spanCount).toBe(1);
    tree.locate(9);
    tree.isolate(1);
    tree.remove(0);
    expect(tree.field(IN_SLOT)).toBe(2);
    expect([tree.total(NOW), tree.total(IN_SLOT)]).toEqual([9, 9]);
  });

  it('begins anew with its slots', () => {
    const tree = new SpanTree(5);
    tree.addSlot(0);
    for (let id = 0; id < 9000; id += 2) insertAt(tree, id % 7, id, 1);
    tree.clear(8, 9000);
    expect(tree.spanCount).toBe(1);
    for (const column of [NOW, IN_SLOT, IN_SLOT + 1]) expect(tree.total(column)).toBe(8);
    for (let id = 9001; id < 12_000; id += 2) insertAt(tree, 3, id, 1);
    expect([tree.total(NOW), tree.total(IN_SLOT + 1)]).toEqual([1508, 8]);
    tree.locate(UNDERWATER + 3);
    expect(tree.before(NOW)).toBe(1503);
    tree.toStart();
    expect([tree.toKnown(1), tree.field(ID)]).toEqual([true, UNDERWATER]);
    expect([tree.next(), tree.toKnown(1), tree.field(ID)]).toEqual([true, true, UNDERWATER + 3]);
  });

  it('makes slots that begin where another one is', () => {
    const tree = new SpanTree(5);
    for (let id = 0; id < 3000; id += 2) insertAt(tree, id % 7, id, 1);
    for (let slot = 1; slot < 20; slot += 1) {
      expect(tree.addSlot(slot - 1)).toBe(slot);
      tree.seek(IN_SLOT + slot, 10 * slot);
      tree.isolate(1);
      tree.remove(slot);
      for (let other = 0; other <= slot; other += 1) {
        expect(tree.total(IN_SLOT + other)).toBe(1505 - other);
      }
      expect(tree.seek(IN_SLOT + slot, 1504 - slot)).toBe(true);
      expect(tree.seek(IN_SLOT + slot, 1505 - slot)).toBe(false);
    }
  });

  it('passes by what a slot does not know', () => {
    const tree = new SpanTree(1);
    tree.addSlot(0);
    for (let id = 0; id < 20_000; id += 2) insertAt(tree, 0, id, 1);
    tree.toStart();
    expect(tree.toKnown(1)).toBe(true);
    expect([tree.field(ID), tree.before(NOW)]).toEqual([UNDERWATER, 10_000]);
    tree.locate(5000);
    tree.isolate(1);
    tree.change(1, 1);
    tree.toStart();
    expect(tree.toKnown(1)).toBe(true);
    expect(tree.field(ID)).toBe(5000);
    tree.next();
    expect(tree.toKnown(1)).toBe(true);
    expect(tree.field(ID)).toBe(UNDERWATER);
    tree.index += 1;
    expect(tree.toKnown(1)).toBe(false);
  });

  it('keeps order, sums and places as an array does', () => {
    const edits = fc.array(
      fc.tuple(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 3 }), fc.nat({ max: 5 })),
      { maxLength: 600, minLength: 200, size: 'max' },
    );
    fc.assert(
      fc.property(edits, (drawn) => {
        const tree = new SpanTree(20);
        const ids = Array.from({ length: 20 }, (_, at) => UNDERWATER + at);
        const visible = [...ids];
        let next = 0;
        for (const [at, length, choice] of drawn) {
          if (choice > 0) {
            const position = at % (visible.length + 1);
            const fresh = Array.from({ length }, (_, offset) => next + offset);
            insertAt(tree, position, next, length);
            ids.splice(position === 0 ? 0 : ids.indexOf(visible[position - 1]!) + 1, 0, ...fresh);
            visible.splice(position, 0, ...fresh);
            next += length;
          } else if (visible.length > 0) {
            tree.seek(IN_SLOT, at % visible.length);
            tree.isolate(1);
            tree.remove(0);
            visible.splice(at % visible.length, 1);
          }
        }
        expect(idsOf(tree)).toEqual(ids);
        expect(tree.total(NOW)).toBe(visible.length);
        for (const [position, id] of visible.entries()) {
          tree.locate(id);
          expect(tree.before(NOW)).toBe(position);
          tree.seek(IN_SLOT, position);
          expect(tree.field(ID) + tree.offset).toBe(id);
        }
        for (let at = 1; at < ids.length; at += 7) {
          expect(tree.isBefore(ids[at - 1]!, ids[at]!)).toBe(true);
          expect(tree.isBefore(ids[at]!, ids[at - 1]!)).toBe(false);
        }
      }),
      { numRuns: 25 },
    );
  });
});
