import fc from 'fast-check';
import { expect, test } from 'vitest';

import config from '../vitest.config.ts';

test('lists, texts and records in properties grow to what they may', () => {
  const longest = (arbitrary: fc.Arbitrary<{ readonly length: number }>): number =>
    Math.max(...fc.sample(arbitrary, 200).map(({ length }) => length));
  expect(longest(fc.array(fc.boolean(), { maxLength: 40 }))).toBeGreaterThan(30);
  expect(longest(fc.uniqueArray(fc.nat(), { maxLength: 40 }))).toBeGreaterThan(30);
  expect(longest(fc.string({ maxLength: 40 }))).toBeGreaterThan(30);
  expect(longest(fc.uint8Array({ maxLength: 40 }))).toBeGreaterThan(30);
  const keys = fc.dictionary(fc.uuid(), fc.boolean(), { maxKeys: 40 }).map(Object.keys);
  expect(longest(keys)).toBeGreaterThan(30);
});

// Why this test? The set-up file once was missing, and some 140 properties that allow longer lists
// saw ten elements at most. What is not seen here, because it is another project, is seen there.
test('each project of tests loads it', () => {
  const projects = config.test?.projects ?? [];
  expect(projects.length).toBeGreaterThan(10);
  for (const project of projects) {
    const files: unknown = expect.arrayContaining([
      expect.stringMatching(/tools\/property-sizes\.ts$/u),
    ]);
    expect(project).toHaveProperty('test.setupFiles', files);
  }
});
