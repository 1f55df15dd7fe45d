import { expect, test } from 'vitest';

import { mvRegister } from '../../src/causal/mv-register.ts';

test('a write replaces what its replica had seen, and nothing else', () => {
  const first = mvRegister.write(mvRegister.bottom, 'a', 'tea');
  const left = mvRegister.join(first, mvRegister.write(first, 'a', 'milk'));
  const right = mvRegister.join(first, mvRegister.write(first, 'b', 'chai'));
  const both = mvRegister.join(left, right);

  expect(mvRegister.values(left)).toEqual(['milk']);
  expect(mvRegister.values(both)).toEqual(['milk', 'chai']);
  const chosen = mvRegister.join(both, mvRegister.write(both, 'c', 'mate'));
  expect(mvRegister.values(mvRegister.join(chosen, left))).toEqual(['mate']);
});

test('a cleared register has no value, except those that came meanwhile', () => {
  const first = mvRegister.write(mvRegister.bottom, 'a', 'tea');
  const cleared = mvRegister.join(first, mvRegister.clear(first));

  expect(mvRegister.values(cleared)).toEqual([]);
  const meanwhile = mvRegister.write(first, 'b', 'chai');
  expect(mvRegister.values(mvRegister.join(cleared, meanwhile))).toEqual(['chai']);
});

test('equal values of two writers are two', () => {
  const both = mvRegister.join(
    mvRegister.write(mvRegister.bottom, 'a', NaN),
    mvRegister.write(mvRegister.bottom, 'b', NaN),
  );

  expect(mvRegister.values(both)).toEqual([NaN, NaN]);
});
