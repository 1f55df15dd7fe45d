import fc from 'fast-check';
import { expect, test } from 'vitest';

import { deltaOf, patched } from '../../../src/dashboard/time/delta.ts';

const document = fc.jsonValue({ maxDepth: 4 });

test('what has changed makes the later of the earlier, as JSON', () => {
  fc.assert(
    fc.property(document, document, (before, after) => {
      const delta = deltaOf(before, after);
      const sent: unknown = delta === undefined ? undefined : JSON.parse(JSON.stringify(delta));
      expect(patched(before, sent as typeof delta)).toEqual(JSON.parse(JSON.stringify(after)));
    }),
  );
});

test('says only what has changed', () => {
  const before = { a: 1, b: { c: 2, d: [1, 2, 3] }, gone: null };
  const after = { a: 1, b: { c: 2, d: [1, 5, 3] }, e: [6] };
  expect(deltaOf(before, after)).toEqual({ b: { d: { 1: [5] } }, e: [[6]], gone: 0 });
  expect(deltaOf(before, structuredClone(before))).toBeUndefined();
});
