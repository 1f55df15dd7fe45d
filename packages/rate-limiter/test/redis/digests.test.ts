import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { blockScript, refundScript, resetScript } from '../../src/redis/admin-scripts.ts';
import {
  acquireLease,
  countLeases,
  releaseLease,
  renewLease,
} from '../../src/redis/lease-scripts.ts';
import { gcraRule, SPARE_MS } from '../../src/redis/rules.ts';
import { takeAllScript, takeScripts } from '../../src/redis/take-scripts.ts';

const scripts = Object.entries({
  ...takeScripts,
  takeAllScript,
  blockScript,
  resetScript,
  refundScript,
  acquireLease,
  renewLease,
  releaseLease,
  countLeases,
});

// With another digest a script would be sent whole with every call: slow, and otherwise unseen.
test.each(scripts)('%s is known to servers by its digest', (_name, { sha1, source }) => {
  expect(sha1).toBe(createHash('sha1').update(source).digest('hex'));
});

test('what GCRA stores is kept for as long as `wholeGcra` counts on', () => {
  expect(gcraRule).toContain(`due - now + ${SPARE_MS * 1_000}\n`);
});

test.each(scripts)('%s joins no number into a text', (_name, { source }) => {
  // `tostring` and `..` keep fourteen digits: enough for tests, not for microseconds since 1970.
  // `%d` keeps all.
  expect(source).not.toMatch(/tostring|string\.format\('(?!%d')/);
});
