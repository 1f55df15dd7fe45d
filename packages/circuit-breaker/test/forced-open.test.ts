import { expect, test } from 'vitest';

import { Holders } from '../src/forced-open.ts';

function holders(): { readonly held: Holders; readonly freed: () => number } {
  let freedCount = 0;
  const held = new Holders(() => {
    freedCount += 1;
  });
  return { held, freed: () => freedCount };
}

test('the last to let go frees it, by release or by the end of a block', () => {
  const { held, freed } = holders();
  const first = held.add();
  {
    using second = held.add();
    expect(second).not.toBe(first);
    first.release();
    expect([held.isEmpty, freed()]).toEqual([false, 0]);
  }
  expect([held.isEmpty, freed()]).toEqual([true, 1]);
});

test('letting go twice is letting go once', () => {
  const { held, freed } = holders();
  const [first] = [held.add(), held.add()];
  first.release();
  first.release();
  expect([held.isEmpty, freed()]).toEqual([false, 0]);
});

test('what was taken out of their hands they cannot free', () => {
  const { held, freed } = holders();
  const before = held.add();
  held.clear();
  before.release();
  expect(freed()).toBe(0);
  const after = held.add();
  before.release();
  expect([held.isEmpty, freed()]).toEqual([false, 0]);
  after.release();
  expect(freed()).toBe(1);
});
