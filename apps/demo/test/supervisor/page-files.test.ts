import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { bundlePage } from '../../src/supervisor/page-files.ts';

test('the page is small, whole, and asks nobody else for anything', async () => {
  const page = await bundlePage();
  expect(page.html('the-token')).toContain('content="the-token"');
  expect(page.style).toContain('.u-legend');
  const addresses = [page.script, page.style, page.html('')]
    .join(' ')
    .match(/https?:\/\/[^"'` )]+/g);
  // Names of XML vocabularies, not places to go.
  expect((addresses ?? []).filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
  expect(gzipSync(page.script).length).toBeLessThan(150_000);
});
