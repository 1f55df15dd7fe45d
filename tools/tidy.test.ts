/**
 * STYLE.md as a test: every rule over the whole tree. A failure lists `path:line: rule: what to do
 * instead`. The rules themselves are tested in tidy/.
 */
import path from 'node:path';

import { expect, test } from 'vitest';

import { describeViolation, readProject } from './tidy/project.ts';
import { rules } from './tidy/rules.ts';
import { questions } from './tidy/rules/shape.ts';

const project = readProject(path.join(import.meta.dirname, '..'));

test.each(Object.entries(rules))('%s', (_name, rule) => {
  expect([...rule(project)].map(describeViolation)).toEqual([]);
});

test('files past 400 lines are asked whether they are still one concept', () => {
  for (const question of questions(project)) console.info(question);
});
