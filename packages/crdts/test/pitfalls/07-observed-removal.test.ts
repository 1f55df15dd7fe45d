import { describe, expect, test } from 'vitest';

import { awSet } from '../../src/causal/aw-set.ts';
import { rwSet } from '../../src/causal/rw-set.ts';

// Pitfall 7: an addition and a removal of one element at the same time.
describe('add(x) and remove(x) at the same time', () => {
  test('the add-wins set keeps x, on both', () => {
    const seen = awSet.add(awSet.bottom, 'a', 'x');
    const adder = awSet.join(seen, awSet.add(seen, 'a', 'x'));
    const remover = awSet.join(seen, awSet.remove(seen, 'x'));

    expect(awSet.has(awSet.join(adder, remover), 'x')).toBe(true);
    expect(awSet.has(awSet.join(remover, adder), 'x')).toBe(true);
  });

  test('the remove-wins set drops x, on both', () => {
    const seen = rwSet.add(rwSet.bottom, 'a', 'x');
    const adder = rwSet.join(seen, rwSet.add(seen, 'a', 'x'));
    const remover = rwSet.join(seen, rwSet.remove(seen, 'b', 'x'));

    expect(rwSet.has(rwSet.join(adder, remover), 'x')).toBe(false);
    expect(rwSet.has(rwSet.join(remover, adder), 'x')).toBe(false);
  });
});

test('who saw both adds it again, and it is there', () => {
  const added = awSet.add(awSet.bottom, 'a', 'x');
  const removed = awSet.join(added, awSet.remove(added, 'x'));
  const again = awSet.join(removed, awSet.add(removed, 'b', 'x'));
  expect(awSet.has(awSet.join(again, added), 'x')).toBe(true);

  const kept = rwSet.add(rwSet.bottom, 'a', 'x');
  const dropped = rwSet.join(kept, rwSet.remove(kept, 'b', 'x'));
  const back = rwSet.join(dropped, rwSet.add(dropped, 'c', 'x'));
  expect(rwSet.has(rwSet.join(back, kept), 'x')).toBe(true);
});

test('who removes what it has never seen removes nothing', () => {
  const added = awSet.add(awSet.bottom, 'a', 'x');
  const removal = awSet.remove(awSet.bottom, 'x');

  expect(removal).toEqual(awSet.bottom);
  expect(awSet.join(added, removal)).toBe(added);
});
