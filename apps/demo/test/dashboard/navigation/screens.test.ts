import { expect, test } from 'vitest';

import { screenBeside, screenOf, screens } from '../../../src/dashboard/navigation/screens.ts';

test('an address names a screen, and what follows `?` is for others', () => {
  expect(screenOf('#ring').id).toBe('ring');
  expect(screenOf('#trace?seed=42&t=12.4').id).toBe('trace');
});

test.each(['', '#', '#nowhere', '#__proto__', '#constructor', '#?seed=1'])(
  '%j leads to the first screen',
  (hash) => {
    expect(screenOf(hash).id).toBe('cluster');
  },
);

test('arrow keys go around the ends', () => {
  expect(screenBeside('cluster', -1).id).toBe('check');
  expect(screenBeside('check', 1).id).toBe('cluster');
  expect(screenBeside('cluster', 1).id).toBe('boards');
});

test('every screen has a key of its own', () => {
  expect(new Set(screens.map(({ key }) => key)).size).toBe(screens.length);
});
