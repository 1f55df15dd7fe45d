import { describe, expect, test } from 'vitest';

import {
  directoryParts,
  joinPath,
  parentOf,
  pathParts,
  requireByteCount,
} from '../src/disk-path.ts';

describe('pathParts', () => {
  test.each([
    ['a', ['a']],
    ['a/b.wal', ['a', 'b.wal']],
    ['...', ['...']],
    ['__proto__/größe', ['__proto__', 'größe']],
  ])('accepts %s', (path, parts) => {
    expect(pathParts(path)).toEqual(parts);
  });

  test.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', '../a', 'a\\b', 'a\0', '\udc00'])(
    'refuses %j',
    (path) => {
      expect(() => pathParts(path)).toThrow(/^path: expected relative names/);
    },
  );
});

test('the empty string is the root, as a folder only', () => {
  expect(directoryParts('')).toEqual([]);
  expect(directoryParts('a/b')).toEqual(['a', 'b']);
  expect(() => directoryParts('/')).toThrow(RangeError);
});

test('names are joined and taken apart', () => {
  expect([joinPath('', 'a'), joinPath('a/b', 'c')]).toEqual(['a', 'a/b/c']);
  expect([parentOf('a'), parentOf('a/b/c')]).toEqual(['', 'a/b']);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('%d is no offset', (value) => {
  expect(() => {
    requireByteCount('offset', value);
  }).toThrow(/^offset: expected an integer in 0\.\.2\^53-1, got/);
});
