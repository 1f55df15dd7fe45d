import { expect, test } from 'vitest';

import { awMap } from '../../src/causal/aw-map.ts';
import { awSet } from '../../src/causal/aw-set.ts';
import { causalCounter } from '../../src/causal/causal-counter.ts';
import { setMap } from '../support/causal-cases.ts';

// Pitfall 9, for maps of the catalogue: a key is removed while its value changes.
const start = setMap.update(setMap.bottom, 'k', (set) => awSet.add(set, 'a', 'old'));
const removed = setMap.join(start, setMap.remove(start, 'k'));
const updated = setMap.join(
  start,
  setMap.update(start, 'k', (set) => awSet.add(set, 'b', 'new')),
);

test('the update survives, the rest is gone, and all agree', () => {
  for (const joined of [setMap.join(removed, updated), setMap.join(updated, removed)]) {
    expect([...setMap.keys(joined)]).toEqual(['k']);
    expect([...awSet.elements(setMap.get(joined, 'k'))]).toEqual(['new']);
  }
});

test('a key that comes back does not bring what was in it before', () => {
  const again = setMap.join(
    removed,
    setMap.update(removed, 'k', (set) => awSet.add(set, 'a', 'fresh')),
  );

  expect([...awSet.elements(setMap.get(again, 'k'))]).toEqual(['fresh']);
  const withOld = setMap.join(again, start);
  expect([...awSet.elements(setMap.get(withOld, 'k'))]).toEqual(['fresh']);
});

test('a count that was removed does not come back with one that is given meanwhile', () => {
  const votes = awMap(causalCounter);
  const five = votes.update(votes.bottom, 'k', (count) => causalCounter.increment(count, 'a', 5));
  const gone = votes.join(five, votes.remove(five, 'k'));
  const six = votes.join(
    five,
    votes.update(five, 'k', (count) => causalCounter.increment(count, 'a')),
  );

  expect(causalCounter.value(votes.get(votes.join(gone, six), 'k'))).toBe(1);
});
