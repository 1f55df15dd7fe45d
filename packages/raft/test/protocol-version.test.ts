import { expect, test } from 'vitest';

import { messageVersions } from '../src/protocol-version.ts';

test('the head of a message says its version and what its sender speaks, whatever follows', () => {
  expect(messageVersions(Uint8Array.of(3, 7, 99))).toEqual({ written: 3, spoken: 7 });
  expect(messageVersions(Uint8Array.of(3, 3))).toEqual({ written: 3, spoken: 3 });
});

test.each([
  ['no bytes', []],
  ['one byte', [1]],
  ['version 0', [0, 1]],
  ['a version that its sender does not speak', [3, 2]],
])('%s are no head of any message', (_case, bytes) => {
  expect(messageVersions(Uint8Array.from(bytes))).toBeUndefined();
});
