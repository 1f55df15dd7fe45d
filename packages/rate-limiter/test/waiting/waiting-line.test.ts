import { expect, test } from 'vitest';

import { type Waiting, WaitingLine } from '../../src/waiting/waiting-line.ts';

const low: Waiting = { cost: 1, priority: 'low' };
const normal: Waiting = { cost: 2, priority: 'normal' };
const laterNormal: Waiting = { cost: 4, priority: 'normal' };
const critical: Waiting = { cost: 8, priority: 'critical' };

function lineOf(...items: readonly Waiting[]): WaitingLine<Waiting> {
  const line = new WaitingLine<Waiting>();
  for (const item of items) line.add(item);
  return line;
}

test('the more important comes first, then who came first', () => {
  const line = lineOf(low, normal, laterNormal, critical);
  const turns: Waiting[] = [];
  for (let next = line.next(); next !== undefined; next = line.next()) {
    turns.push(next);
    line.served(next);
  }
  // The fourth turn is that of whoever has waited longest, here the last there is.
  expect(turns).toEqual([critical, normal, laterNormal, low]);
});

test('the last is who came last of the least important', () => {
  expect(lineOf(low, normal, laterNormal, critical).last()).toBe(low);
  expect(lineOf(normal, laterNormal, critical).last()).toBe(laterNormal);
  expect(lineOf().last()).toBeUndefined();
});

test('what comes before somebody are those at least as important', () => {
  const line = lineOf(low, normal, laterNormal, critical);
  const costs = (['critical', 'normal', 'low'] as const).map((rank) => line.costBefore(rank));
  expect(costs).toEqual([8, 14, 15]);
});

test('who leaves does not wait any more', () => {
  const line = lineOf(low, normal);
  line.remove(low);
  line.remove(low);
  expect([line.has(low), line.has(normal), line.size]).toEqual([false, true, 1]);
});
