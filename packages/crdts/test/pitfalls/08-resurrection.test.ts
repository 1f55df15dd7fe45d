import { expect, test } from 'vitest';

import { awSet } from '../../src/causal/aw-set.ts';
import { hasDot } from '../../src/causal/causal-context.ts';
import { setMap } from '../support/causal-cases.ts';

// Pitfall 8: a set without tombstones that meets what it has forgotten.
test('an old state, or an old delta, brings nothing back', () => {
  const delta = awSet.add(awSet.bottom, 'a', 'x');
  const old = awSet.join(delta, awSet.add(delta, 'a', 'y'));
  const removed = awSet.join(old, awSet.remove(old, 'x'));

  expect([...awSet.elements(awSet.join(removed, old))]).toEqual(['y']);
  expect([...awSet.elements(awSet.join(old, removed))]).toEqual(['y']);
  expect(awSet.join(removed, delta)).toBe(removed);
});

test('a delta that comes before its causes does not make them seen', () => {
  const first = awSet.add(awSet.bottom, 'a', 'x');
  const second = awSet.add(first, 'a', 'y');
  const third = awSet.add(awSet.join(first, second), 'a', 'z');

  const early = awSet.join(awSet.bottom, third);
  expect(hasDot(early.context, 'a', 3)).toBe(true);
  expect(hasDot(early.context, 'a', 1)).toBe(false);
  expect(hasDot(early.context, 'a', 2)).toBe(false);
  const all = awSet.join(awSet.join(early, second), first);
  expect([...awSet.elements(all)]).toEqual(['x', 'y', 'z']);
});

test('a removal that comes before the addition it has seen keeps it from coming', () => {
  const added = awSet.add(awSet.bottom, 'a', 'x');
  const removal = awSet.remove(added, 'x');

  const early = awSet.join(awSet.bottom, removal);
  expect(awSet.has(awSet.join(early, added), 'x')).toBe(false);
});

test('nested values come and go by the same rule', () => {
  const added = setMap.update(setMap.bottom, 'k', (set) => awSet.add(set, 'a', 'x'));
  const later = setMap.update(added, 'k', (set) => awSet.add(set, 'a', 'y'));
  const removed = setMap.join(added, setMap.remove(added, 'k'));

  expect([...setMap.keys(setMap.join(removed, added))]).toEqual([]);
  const joined = setMap.join(removed, later);
  expect([...awSet.elements(setMap.get(joined, 'k'))]).toEqual(['y']);
});
