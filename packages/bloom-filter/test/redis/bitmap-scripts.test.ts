import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import * as bitmapScripts from '../../src/redis/bitmap-scripts.ts';

const scripts = Object.entries(bitmapScripts);

// With another digest a script would be sent whole with every call: slow, and otherwise unseen.
test.each(scripts)('%s is known to servers by its digest', (_name, { sha1, source }) => {
  expect(sha1).toBe(createHash('sha1').update(source).digest('hex'));
});

test.each(scripts)('%s looks at the header before anything else', (name, { source }) => {
  if (name === 'clearScript') return;
  expect(source.indexOf("call('GET', head)")).toBe(source.indexOf("call('"));
});
