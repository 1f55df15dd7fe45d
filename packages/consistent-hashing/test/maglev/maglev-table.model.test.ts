import fc from 'fast-check';
import { expect, test } from 'vitest';

import { maglevTable, type MaglevTurns } from '../../src/maglev/maglev-table.ts';

/** The slow, obvious way: everybody is asked in every round. */
function askedInTurn(length: number, turns: readonly MaglevTurns[]): readonly number[] {
  const table = new Array<number>(length).fill(-1);
  const heaviest = Math.max(...turns.map(({ weight }) => weight));
  const nodes = turns.map((turn) => ({ ...turn, paid: 0, next: turn.offset }));
  for (let round = 1; table.includes(-1); round += 1) {
    nodes.forEach((node, index) => {
      if (round * node.weight < node.paid || !table.includes(-1)) return;
      while ((table[node.next] ?? 0) >= 0) node.next = (node.next + node.skip) % length;
      table[node.next] = index;
      node.paid += heaviest;
    });
  }
  return table;
}

const weight = fc.oneof(
  fc.constantFrom(1, 2, 3, 1_000_000),
  fc.double({ min: 0.1, max: 10, noNaN: true }),
);

test('a table is what asking everybody in every round makes', () => {
  const lengths = fc.constantFrom(7, 31, 211);
  fc.assert(
    fc.property(lengths, fc.array(weight, { minLength: 1, maxLength: 7 }), (length, weights) => {
      const turns = weights.map((each, node) => {
        return { offset: (node * 3) % length, skip: 1 + ((node * 5) % (length - 1)), weight: each };
      });
      expect([...maglevTable(length, turns)]).toEqual(askedInTurn(length, turns));
    }),
    { numRuns: 1_000 },
  );
});

test('one that outweighs thousands by a million leaves them one entry each', () => {
  const length = 262_147;
  const turns = Array.from({ length: 8_000 }, (_, node) => {
    return { offset: (node * 31) % length, skip: 1 + node, weight: node === 0 ? 1e6 : 1 };
  });
  const table = maglevTable(length, turns);
  const counts = new Int32Array(turns.length);
  for (const node of table) counts[node]! += 1;
  expect(counts[0]).toBe(length - 7_999);
  expect(counts.subarray(1).every((count) => count === 1)).toBe(true);
});
