/**
 * Documentation that cannot lie: every fenced `ts` block in the markdown and in the doc comments is
 * type-checked, and run where it shows a result (`// => value`, `// throws RangeError`).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { examplesWithoutBlock, readBlocks } from './docs/blocks.ts';
import { checkClaims } from './docs/verdicts.ts';
import { hasClaims, runBlock } from './docs/run.ts';
import { typeErrors } from './docs/typecheck.ts';
import { readProject } from './tidy/project.ts';

const root = path.join(import.meta.dirname, '..');
const blocks = readBlocks(root);
const places = blocks.map((block, index) => [`${block.path}:${block.line}`, block, index] as const);

describe('documentation', () => {
  let errors: readonly (readonly string[])[] = [];
  beforeAll(() => {
    errors = typeErrors(root, blocks);
    // One compilation of everything: long where all processors are busy.
  }, 300_000);

  test.each(places)('%s type-checks', (_place, _block, index) => {
    expect(errors[index]).toEqual([]);
  });

  test.each(places.filter(([, block]) => hasClaims(block)))(
    '%s shows what it says',
    async (_place, block) => {
      await runBlock(root, block, checkClaims, (name) => import(/* @vite-ignore */ name));
    },
  );

  test('every @example is a ts block', () => {
    const naked = readProject(root)
      .sources.filter((file) => /^packages\/[^/]+\/src\//.test(file.path))
      .flatMap(({ path: name }) =>
        examplesWithoutBlock(readFileSync(path.join(root, name), 'utf8')).map(
          (line) => `${name}:${line}: example: put it into a ts fence`,
        ),
      );
    expect(naked).toEqual([]);
  });
});
