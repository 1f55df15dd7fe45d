import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type Charge, ChargeTable } from '../../src/cluster/charge-table.ts';
import { gcra } from '../../src/policy.ts';

const policy = gcra({ limit: 5, windowMs: 1_000 });
const charge = (key: string): Charge => ({
  source: 'owned',
  key,
  policy,
  cost: 1,
  chargedAtMs: 0,
  leaseId: 0,
});

test('a charge is found once, by its name and by no other', () => {
  const table = new ChargeTable(nodeId('n1'), 10);
  const [first, second] = [table.add([charge('a')]), table.add([charge('b'), charge('c')])];
  expect(first).not.toBe(second);
  expect(table.take(second)).toHaveLength(2);
  expect(table.take(second)).toEqual([]);
  const unknown = ['', '__proto__', 'n1/99', 'n2/1', 'n1/0', 'n1/-1', 'n1/01', 'n1/1.5', 'n1/NaN'];
  for (const name of unknown) expect(table.take(name)).toEqual([]);
  expect(table.take(first)).toEqual([charge('a')]);
});

test('the oldest charges go when there are too many', () => {
  const table = new ChargeTable(nodeId('n1'), 2);
  const names = ['a', 'b', 'c'].map((key) => table.add([charge(key)]));
  expect(names.map((name) => table.take(name).length)).toEqual([0, 1, 1]);
});

test('charges that go round keep their names apart', () => {
  const table = new ChargeTable(nodeId('n1'), 3);
  const names = Array.from({ length: 10 }, (_, place) => table.add([charge(`${place}`)]));
  const found = names.map((name) => table.take(name).map(({ key }) => key));
  expect(found).toEqual([[], [], [], [], [], [], [], ['7'], ['8'], ['9']]);
  expect(names.flatMap((name) => table.take(name))).toEqual([]);
});
