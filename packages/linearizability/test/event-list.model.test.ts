import fc from 'fast-check';
import { expect, test } from 'vitest';

import { EventList } from '../src/event-list.ts';

const size = 8;

function itemsOf(list: EventList): number[] {
  const items: number[] = [];
  for (let at = list.next(0); at !== 0; at = list.next(at)) items.push(at);
  return items;
}

test('removals and their undoing agree with an array that is copied each time', () => {
  const all = Array.from({ length: size - 1 }, (_, index) => index + 1);
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(size)), { maxLength: 40 }), (steps) => {
      const list = new EventList(size);
      for (const event of all) list.append(0, event);
      const past: { readonly removed: number; readonly before: readonly number[] }[] = [];
      let items: readonly number[] = all;
      for (const step of steps) {
        const last = step === null ? past.pop() : undefined;
        const removed = step === null ? undefined : items[step % Math.max(1, items.length)];
        if (last !== undefined) {
          list.putBack(last.removed);
          items = last.before;
        } else if (removed !== undefined) {
          list.remove(removed);
          past.push({ removed, before: items });
          items = items.filter((item) => item !== removed);
        }
        expect(itemsOf(list)).toEqual(items);
        expect(list.previous(0)).toBe(items.at(-1) ?? 0);
      }
    }),
  );
});

test('circles do not mix', () => {
  const list = new EventList(5);
  list.append(3, 1);
  list.append(4, 2);
  expect([list.next(3), list.next(1), list.next(4), list.next(2)]).toEqual([1, 3, 2, 4]);
  list.remove(1);
  expect([list.next(3), list.next(4)]).toEqual([3, 2]);
});
