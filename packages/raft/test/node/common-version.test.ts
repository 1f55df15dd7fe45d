import { expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import { addsTooOld, commonVersion, type Speaks } from '../../src/node/common-version.ts';
import { a, b, c } from '../support/lone-node.ts';

/** Who was heard, and what it speaks. */
function heard(versions: Readonly<Record<string, number>>): Speaks {
  return (node) => versions[node];
}

test('the common version is that of the oldest member, learners included', () => {
  const configuration = { ...configurationOf([a, b]), learners: [c] };
  expect(commonVersion(configuration, heard({ a: 3, b: 2, c: 2 }))).toBe(2);
  expect(commonVersion(configuration, heard({ a: 3, b: 3, c: 1 }))).toBe(1);
});

test('nothing is common with a member that was not heard of', () => {
  expect(commonVersion(configurationOf([a, b]), heard({ a: 3 }))).toBe(0);
});

test('whoever is too old for the log is known before it is added, if it was heard of', () => {
  const speaks = heard({ b: 1, c: 2 });
  expect(addsTooOld([{ kind: 'addLearner', node: b }], 2, speaks)).toBe(true);
  expect(addsTooOld([{ kind: 'addVoter', node: c }], 2, speaks)).toBe(false);
  expect(addsTooOld([{ kind: 'remove', node: b }], 2, speaks)).toBe(false);
  expect(addsTooOld([{ kind: 'addLearner', node: a }], 2, speaks)).toBe(false);
});
