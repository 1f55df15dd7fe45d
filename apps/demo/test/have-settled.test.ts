import { expect, test } from 'vitest';

import { haveSettled } from '../src/have-settled.ts';

const make = {
  hanging: () => new Promise<void>(() => undefined),
  done: () => Promise.resolve(),
  failing: async () => {
    throw new Error('lost');
  },
};

test.each([
  ['nothing is wanted', [], 0, true],
  ['more is wanted than there is', ['done'], 2, false],
  ['enough are done, whatever the others do', ['hanging', 'failing', 'done'], 1, true],
  ['too many have failed, whatever the others do', ['hanging', 'failing', 'failing'], 2, false],
] as const)('settles when %s', async (_, kinds, count, expected) => {
  const promises = kinds.map((kind) => make[kind]());
  expect(await haveSettled(promises, count)).toBe(expected);
});
