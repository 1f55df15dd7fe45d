import { describe, expect, test } from 'vitest';

import {
  digestBytes,
  DigestWriter,
  emptyDigest,
  excluding,
  including,
} from '../src/state-digest.ts';

describe('DigestWriter', () => {
  const digestOf = (...values: readonly (number | string)[]): string => {
    const writer = new DigestWriter();
    for (const value of values) {
      if (typeof value === 'number') writer.number(value);
      else writer.text(value);
    }
    return digestBytes(writer.finish()).join();
  };

  test('gives equal values equal digests', () => {
    expect(digestOf(7, 'seven', 2 ** 53 - 1)).toBe(digestOf(7, 'seven', 2 ** 53 - 1));
  });

  test('tells apart what differs in a number, its high half, a text or where a text ends', () => {
    const all = [
      digestOf(),
      digestOf(0),
      digestOf(1),
      digestOf(2 ** 32),
      digestOf('a', 'bc'),
      digestOf('ab', 'c'),
      digestOf('abc', ''),
      digestOf('bc', 'a'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('sets of digests', () => {
  const entry = (key: string, value: string) => new DigestWriter().text(key).text(value).finish();

  test('depend on what is in them and not on the order', () => {
    const [one, two] = [entry('a', '1'), entry('b', '2')];
    const forward = including(including(emptyDigest, one), two);
    expect(including(including(emptyDigest, two), one)).toEqual(forward);
    expect(excluding(excluding(forward, one), two)).toEqual(emptyDigest);
  });

  test('tell apart two entries from the same with their values swapped', () => {
    const straight = including(including(emptyDigest, entry('a', '1')), entry('b', '2'));
    const swapped = including(including(emptyDigest, entry('a', '2')), entry('b', '1'));
    expect(swapped).not.toEqual(straight);
  });
});
