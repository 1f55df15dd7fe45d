import { describe, expect, test } from 'vitest';

import { linesOf } from '../src/importers/lines.ts';

describe('lines', () => {
  test('a byte order mark and carriage returns are no part of them', () => {
    expect([...linesOf('\uFEFFa\r\nb\n\nc\r\n')]).toEqual(['a', 'b', '', 'c', '']);
  });

  test('they may come one by one', () => {
    expect([...linesOf(new Set(['\uFEFFa\r', '\uFEFFb']))]).toEqual(['a', '\uFEFFb']);
  });

  test('one that is far too long is refused with its number', () => {
    expect(() => [...linesOf(`a\n${'x'.repeat(2 ** 24 + 1)}`)]).toThrow(
      /^line 2: expected at most/,
    );
  });
});
