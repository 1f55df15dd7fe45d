import { expect, test } from 'vitest';

import { checkReplicaId } from '../src/replica-id.ts';

test.each(['a', '__proto__', 'constructor', '\u0000', 'é'.repeat(32), '🙂'.repeat(16)])(
  '%j names a replica',
  (id) => {
    expect(checkReplicaId('id', id)).toBe(id);
  },
);

test.each([
  ['', 'id: expected 1..64 bytes of UTF-8, got 0'],
  ['a'.repeat(65), 'id: expected 1..64 bytes of UTF-8, got 65'],
  [`${'é'.repeat(32)}a`, 'id: expected 1..64 bytes of UTF-8, got 65'],
  ['\ud800', 'id: expected well-formed text, got a lone surrogate'],
  ['a\udc00b', 'id: expected well-formed text, got a lone surrogate'],
])('%j does not', (id, message) => {
  expect(() => checkReplicaId('id', id)).toThrow(new RangeError(message));
});

test('what is no text is refused', () => {
  expect(() => checkReplicaId('id', 7 as never)).toThrow(
    new TypeError('id: expected a string, got number'),
  );
});
