import { expect, test } from 'vitest';

import { seededRandom } from '../src/seeded-random.ts';

// The numbers of test/seeded-random.test.ts: a seed of a page is a seed of a process.
test('gives the numbers that Node gives', () => {
  const random = seededRandom(0);
  const words = Array.from({ length: 4 }, () => random.uint32());
  expect(words).toEqual([417911186, 1008692329, 2681350013, 71958551]);
  expect(seededRandom(1).fork('network').uint32()).toBe(455555757);
  expect([...seededRandom(1).bytes(6)]).toEqual([223, 2, 135, 13, 117, 35]);
  expect(seededRandom(1).float()).toBe(0.052841353040223304);
});
