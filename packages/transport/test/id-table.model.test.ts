import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { IdTable } from '../src/id-table.ts';

/** Ids that meet: few of them, multiples of powers of two, beyond 32 bits. */
const anId = fc.oneof(
  fc.nat({ max: 40 }),
  fc.nat({ max: 40 }).map((times) => times * 1_024),
  fc.nat({ max: 40 }).map((times) => times * 2 ** 32),
  fc.maxSafeNat(),
);

const anOperation = fc.oneof(
  fc.record({ kind: fc.constant('set'), id: anId, value: fc.nat() }),
  fc.record({ kind: fc.constant('delete'), id: anId, value: fc.constant(0) }),
);

describe('a table of ids', () => {
  test('holds what a map holds, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(anOperation, { maxLength: 300 }), (operations) => {
        const table = new IdTable<number>();
        const map = new Map<number, number>();
        for (const { kind, id, value } of operations) {
          if (kind === 'delete') expect(table.delete(id)).toBe(map.delete(id));
          else {
            table.set(id, value);
            map.set(id, value);
          }
          expect(table.size).toBe(map.size);
          expect(table.get(id)).toBe(map.get(id));
        }
        for (const [id, value] of map) expect(table.get(id)).toBe(value);
        expect(table.entries()).toEqual([...map].sort(([left], [right]) => left - right));
      }),
    );
  });

  test('finds everything again while a window of ids moves on, and after a flood', () => {
    const table = new IdTable<string>();
    for (let id = 0; id < 100_000; id += 1) {
      table.set(id, `value ${id}`);
      if (id >= 64) table.delete(id - 64);
    }
    expect(table.values()).toEqual(Array.from({ length: 64 }, (_, at) => `value ${99_936 + at}`));
    for (let id = 0; id < 5_000; id += 1) table.set(id * 4_096, 'flood');
    for (let id = 0; id < 5_000; id += 1) table.delete(id * 4_096);
    expect(table.get(99_999)).toBe('value 99999');
  });

  test('is empty after clear, and can be used again', () => {
    const table = new IdTable<string>();
    for (let id = 0; id < 100; id += 1) table.set(id, 'one');
    table.clear();
    expect([table.size, table.get(7), table.values()]).toEqual([0, undefined, []]);
    table.set(7, 'two');
    expect(table.entries()).toEqual([[7, 'two']]);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %s as an id, and has none under it', (id) => {
    const table = new IdTable<string>();
    expect(() => table.set(id, 'one')).toThrow(
      `id: expected a safe integer >= 0, got ${String(id)}`,
    );
    expect(table.delete(id)).toBe(false);
    expect([table.size, table.get(id)]).toEqual([0, undefined]);
  });
});
