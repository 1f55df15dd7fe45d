import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type PresenceEntry, PresenceTable } from '../../src/replicator/presence-table.ts';

const state = Uint8Array.of(1);
const other = Uint8Array.of(2);

test('the largest number is the truth', () => {
  const table = new PresenceTable(1_000, 10);
  expect(table.take({ id: 'a', clock: 5, state }, 0)).toBe('added');
  expect(table.take({ id: 'a', clock: 5, state: other }, 0)).toBe('old');
  expect(table.take({ id: 'a', clock: 4, state: undefined }, 0)).toBe('old');
  expect(table.take({ id: 'a', clock: 6, state }, 0)).toBe('renewed');
  expect(table.take({ id: 'a', clock: 7, state: other }, 0)).toBe('updated');
  expect(table.take({ id: 'a', clock: 8, state: undefined }, 0)).toBe('removed');
  expect(table.take({ id: 'a', clock: 9, state: undefined }, 0)).toBe('renewed');
  expect(table.take({ id: 'a', clock: 10, state }, 0)).toBe('added');
});

test('in whatever order entries arrive, what is known in the end is the same', () => {
  const entry: fc.Arbitrary<PresenceEntry> = fc
    .record({ id: fc.constantFrom('a', 'b', '__proto__'), clock: fc.nat(5) })
    .map(({ id, clock }) => ({
      ...{ id, clock },
      state: clock % 3 === 0 ? undefined : Uint8Array.of(clock),
    }));
  const orders = fc
    .array(entry, { maxLength: 12, size: 'max' })
    .chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
      ),
    );
  fc.assert(
    fc.property(orders, ([entries, shuffled]) => {
      const [left, right] = [new PresenceTable(1_000, 10), new PresenceTable(1_000, 10)];
      for (const one of entries) left.take(one, 0);
      for (const one of shuffled) right.take(one, 0);
      for (const id of ['a', 'b', '__proto__']) {
        expect(left.entry(id)?.clock).toEqual(right.entry(id)?.clock);
        expect(left.entry(id)?.state).toEqual(right.entry(id)?.state);
      }
    }),
  );
});

test('who says nothing is gone, and no old word brings it back', () => {
  const table = new PresenceTable(1_000, 10);
  table.take({ id: 'a', clock: 5, state }, 0);
  table.take({ id: 'b', clock: 5, state }, 600);
  expect(table.expire(999)).toEqual([]);
  expect(table.expire(1_000)).toEqual(['a']);
  expect(table.expire(1_500)).toEqual([]);
  expect(table.take({ id: 'a', clock: 5, state }, 1_500)).toBe('old');
  expect(table.size).toBe(2);
  expect(table.expire(2_000)).toEqual(['b']);
  expect(table.size).toBe(1);
  table.expire(9_000);
  expect(table.size).toBe(0);
});

test('who is taken for gone is there again with its next word', () => {
  const table = new PresenceTable(1_000, 10);
  table.take({ id: 'a', clock: 5, state }, 0);
  expect([table.remove('a', 1), table.remove('a', 2), table.remove('x', 3)]).toEqual([
    ...[true, false, false],
  ]);
  expect(table.take({ id: 'a', clock: 6, state }, 10)).toBe('added');
});

test('no more are remembered than allowed', () => {
  const table = new PresenceTable(1_000, 2);
  table.take({ id: 'a', clock: 1, state }, 0);
  table.take({ id: 'b', clock: 1, state: undefined }, 0);
  expect(table.take({ id: 'c', clock: 1, state }, 0)).toBe('full');
  expect(table.take({ id: 'a', clock: 2, state: other }, 0)).toBe('updated');
  expect([...table.entries()]).toHaveLength(2);
});
