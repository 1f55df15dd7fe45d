import { expect, test } from 'vitest';

import { awMap } from '../../src/causal/aw-map.ts';
import { awSet } from '../../src/causal/aw-set.ts';
import { contextOf } from '../../src/causal/causal-context.ts';
import { causalCounter } from '../../src/causal/causal-counter.ts';
import type { DotFun } from '../../src/causal/dot-fun.ts';
import type { DotMap } from '../../src/causal/dot-map.ts';
import { mvRegister } from '../../src/causal/mv-register.ts';
import { rwSet } from '../../src/causal/rw-set.ts';
import { setMap } from '../support/causal-cases.ts';

const votes = awMap(causalCounter);
const pages = awMap(awMap<DotFun<string>>(mvRegister));
const page = awMap<DotFun<string>>(mvRegister);

test('values of any type are found under their keys', () => {
  const one = votes.update(votes.bottom, 'x', (count) => causalCounter.increment(count, 'a', 2));
  const two = votes.join(
    one,
    votes.update(one, 'y', (count) => causalCounter.increment(count, 'a', 3)),
  );

  expect([...votes.keys(two)]).toEqual(['x', 'y']);
  expect(votes.count(two)).toBe(2);
  expect(causalCounter.value(votes.get(two, 'x'))).toBe(2);
  expect(causalCounter.value(votes.get(two, 'y'))).toBe(3);
  expect(causalCounter.value(votes.get<string>(two, 'z'))).toBe(0);
  expect(votes.has<string>(two, 'z')).toBe(false);
  expect([...votes.keys(votes.join(two, votes.clear(two)))]).toEqual([]);
});

test('maps can be values of maps', () => {
  const state = pages.update(pages.bottom, 'home', (home) =>
    page.update(home, 'title', (title) => mvRegister.write(title, 'a', 'Welcome')),
  );

  expect(mvRegister.values(page.get(pages.get(state, 'home'), 'title'))).toEqual(['Welcome']);
  const removed = pages.join(state, pages.remove(state, 'home'));
  expect(pages.has(removed, 'home')).toBe(false);
  expect(removed.store).toBe(pages.store.empty);
});

test('a delta names what it made and replaced in its value, and no more', () => {
  const one = setMap.update(setMap.bottom, 'k', (set) => awSet.add(set, 'a', 'x'));
  const two = setMap.join(
    one,
    setMap.update(one, 'l', (set) => awSet.add(set, 'a', 'x')),
  );

  expect(setMap.update(two, 'k', (set) => awSet.add(set, 'b', 'x')).context).toEqual(
    contextOf([
      { replicaId: 'a', counter: 1 },
      { replicaId: 'b', counter: 1 },
    ]),
  );
  expect(setMap.remove(two, 'l').context).toEqual(contextOf([{ replicaId: 'a', counter: 2 }]));
});

test('an update that gives a whole value removes no other key', () => {
  // Why this test? The value shares the context of the map: taken as a delta, it knows all dots.
  const one = setMap.update(setMap.bottom, 'k', (set) => awSet.add(set, 'a', 'x'));
  const whole = setMap.update(one, 'l', (set) => {
    const first = awSet.join(set, awSet.add(set, 'a', 'y'));
    return awSet.join(first, awSet.add(first, 'a', 'z'));
  });
  const two = setMap.join(one, whole);

  expect([...setMap.keys(two)]).toEqual(['k', 'l']);
  expect([...awSet.elements(setMap.get(two, 'l'))]).toEqual(['y', 'z']);
  expect(whole.context).toEqual(
    contextOf([
      { replicaId: 'a', counter: 2 },
      { replicaId: 'a', counter: 3 },
    ]),
  );
});

test('an update that leaves nothing removes the key, and what it made meanwhile is known', () => {
  const one = setMap.update(setMap.bottom, 'k', (set) => awSet.add(set, 'a', 'x'));
  const gone = setMap.update(one, 'k', (set) => {
    const more = awSet.join(set, awSet.add(set, 'a', 'y'));
    return awSet.join(more, awSet.clear(more));
  });

  expect(gone.store).toBe(setMap.store.empty);
  expect(gone.context).toEqual(
    contextOf([
      { replicaId: 'a', counter: 1 },
      { replicaId: 'a', counter: 2 },
    ]),
  );
  expect([...setMap.keys(setMap.join(one, gone))]).toEqual([]);
});

test('values that can be compacted are, and keys of which nothing is left go', () => {
  const roles = awMap<DotMap<string, DotFun<boolean>>>(rwSet);
  const added = roles.update(roles.bottom, 'k', (set) => rwSet.add(set, 'a', 'x'));
  const removed = roles.join(
    added,
    roles.update(added, 'k', (set) => rwSet.remove(set, 'a', 'x')),
  );

  expect([...roles.keys(removed)]).toEqual(['k']);
  expect(roles.join(removed, roles.settle(removed, added))).toEqual(removed);
  expect(roles.join(removed, roles.settle(removed, removed)).store).toBe(roles.store.empty);
  expect(setMap.join(setMap.bottom, setMap.settle(setMap.bottom, setMap.bottom))).toEqual(
    setMap.bottom,
  );
});
