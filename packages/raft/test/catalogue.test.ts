import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { catalogueFiles, mutate, packageRoot, sourceOf } from './mutations/mutation.ts';
import { mutations } from './mutations/mutations.ts';

// Goal: every bug of the catalogue that other implementations had is a test here, whose head says
// where it is from, what protects from it, and what makes the test fail; and each of these claims
// can be seen again by `pnpm --filter @quorate/raft mutate`.

const scenarios = Array.from({ length: 38 }, (_, place) => String(place + 1).padStart(2, '0'));

/** Not written yet. */
const owed: readonly string[] = [];

test('every known bug is a scenario, and each once', () => {
  const numbers = catalogueFiles().map((name) => name.slice(0, name.indexOf('-')));
  expect(numbers.filter((number) => !scenarios.includes(number))).toEqual([]);
  expect(new Set(numbers).size).toBe(numbers.length);
  const missing = scenarios.filter((number) => !numbers.includes(number));
  expect(missing.filter((number) => !owed.includes(number))).toEqual([]);
});

test.each(catalogueFiles())('%s says where it is from and what makes it fail', (name) => {
  const text = readFileSync(join(packageRoot, 'test/catalogue', name), 'utf8');
  const comments = text.split('\n').filter((line) => /^(\/\/|\/\*| \*)/.test(line));
  const head = comments.join('\n');
  expect(head).toMatch(/#\d+|PR \d+|issue \d+|paper|thesis|raft-dev|etcd\/raft|Jepsen/i);
  expect(head).toMatch(/Protection:/);
  expect(head).toMatch(/Mutations?:/);
});

test('every scenario has a mutation, and every mutation a scenario', () => {
  const numbers = catalogueFiles().map((name) => name.slice(0, name.indexOf('-')));
  const mutated = mutations.map(({ scenario }) => scenario);
  const expected = numbers.filter((number) => !owed.includes(number));
  expect([...new Set([...mutated, ...expected])].toSorted()).toEqual([...new Set(mutated)]);
  expect(mutated.filter((number) => !numbers.includes(number))).toEqual([]);
});

test.each(mutations)('$scenario $off: still changes what stands in $file', (mutation) => {
  expect(mutate(sourceOf(mutation), mutation)).not.toBe(sourceOf(mutation));
});
