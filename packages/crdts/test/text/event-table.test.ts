import { describe, expect, it } from 'vitest';
import { EventTable } from '../../src/text/event-table.ts';

describe('EventTable', () => {
  it('keeps a number for each event, across pages', () => {
    const table = new EventTable();
    expect(table.get(5)).toBe(0);
    expect(table.get(2 ** 29)).toBe(0);
    table.set(5, -7);
    table.fill(1000, 3000, 9);
    table.fill(2000, 1, 4);
    expect([5, 999, 1000, 1999, 2000, 2001, 3999, 4000].map((lv) => table.get(lv))).toEqual([
      -7, 0, 9, 9, 4, 9, 9, 0,
    ]);
  });

  it('is copied, and forgets what nobody asks about any more', () => {
    const table = new EventTable();
    table.fill(1000, 3000, 7);
    const copy = table.copy();
    copy.set(3500, 8);
    expect([table.get(3500), copy.get(3500), copy.get(1000)]).toEqual([7, 8, 7]);
    table.forget(2500);
    table.forget(10_000);
    expect([table.get(1000), table.get(3999), copy.get(1000)]).toEqual([0, 0, 7]);
    table.set(20_000, 9);
    table.forget(20_000);
    expect(table.get(20_000)).toBe(9);
  });
});
