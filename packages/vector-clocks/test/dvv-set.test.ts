import { describe, expect, test } from 'vitest';

import { DvvSet } from '../src/dvv-set.ts';
import { VectorClock } from '../src/vector-clock.ts';

const nothing = VectorClock.empty;
const empty = DvvSet.empty<string>();

describe('a write', () => {
  test('replaces what its writer had read, and nothing else', () => {
    const first = empty.put('s', 'v1', nothing);
    const context = first.context();
    const two = first.put('s', 'v2', context);
    const three = two.put('s', 'v3', context);

    expect(three.values()).toEqual(['v3', 'v2']);
    expect(three.entries).toEqual([{ id: 's', counter: 3, values: ['v3', 'v2'] }]);
    expect(three.put('s', 'v4', two.context()).values()).toEqual(['v4', 'v3']);
    expect(three.put('s', 'v4', three.context()).values()).toEqual(['v4']);
  });

  test('without a read stands beside all', () => {
    expect(empty.put('s', 'a', nothing).put('s', 'b', nothing).values()).toEqual(['b', 'a']);
  });

  test('after a read elsewhere replaces what this server has not got yet', () => {
    const elsewhere = empty.put('t', 'a', nothing).put('t', 'b', nothing);
    const here = empty.put('s', 'c', elsewhere.context());

    expect(here.sync(elsewhere).values()).toEqual(['c']);
    expect(here.entries).toEqual([
      { id: 's', counter: 1, values: ['c'] },
      { id: 't', counter: 2, values: [] },
    ]);
  });

  test('with a context of its own server that it has lost takes the next number', () => {
    expect(empty.put('s', 'a', VectorClock.of([['s', 6]])).entries).toEqual([
      { id: 's', counter: 7, values: ['a'] },
    ]);
  });

  test('is refused past the last counter, and of nobody', () => {
    const last = VectorClock.of([['s', Number.MAX_SAFE_INTEGER]]);

    expect(() => empty.put('s', 'a', last)).toThrow(RangeError);
    expect(() => empty.put('', 'a', nothing)).toThrow(RangeError);
  });
});

describe('a sync', () => {
  test('keeps what neither side knows to be replaced', () => {
    const first = empty.put('s', 'v1', nothing);
    const left = first.put('s', 'v2', first.context());
    const right = first.put('t', 'w1', first.context());

    expect(left.sync(right).values()).toEqual(['v2', 'w1']);
    expect(first.compare(left)).toBe('before');
    expect(left.compare(first)).toBe('after');
    expect(left.compare(right)).toBe('concurrent');
    expect(left.compare(left.sync(left))).toBe('equal');
  });

  test('drops siblings that the other side has seen replaced', () => {
    const both = empty.put('s', 'a', nothing).put('s', 'b', nothing);
    const context = empty.put('s', 'a', nothing).context();
    const replaced = both.put('t', 'c', context);

    expect(replaced.values()).toEqual(['b', 'c']);
    expect(both.sync(replaced).values()).toEqual(['b', 'c']);
    expect(both.compare(replaced)).toBe('before');
  });
});

test('a set that was taken apart is put together again', () => {
  const set = empty.put('t', 'a', nothing).put('__proto__', 'b', nothing);

  expect(DvvSet.of(set.entries).compare(set)).toBe('equal');
  expect(DvvSet.of(set.entries).values()).toEqual(['b', 'a']);
});

test.each([
  [[{ id: '', counter: 1, values: [] }], 'id: expected 1..64 bytes of UTF-8, got 0'],
  [
    [
      { id: 'b', counter: 1, values: [] },
      { id: 'a', counter: 1, values: [] },
    ],
    'id: expected one after "b", got a',
  ],
  [[{ id: 'a', counter: 0, values: [] }], 'counter: expected an integer in 1..2^53-1, got 0'],
  [
    [{ id: 'a', counter: 1, values: ['x', 'y'] }],
    'counter: expected an integer in 2..2^53-1, got 1',
  ],
  [[{ id: 'a', counter: 2 ** 53, values: [] }], 'counter: expected an integer in 1..2^53-1'],
])('%j is no set', (entries, message) => {
  expect(() => DvvSet.of(entries)).toThrow(message);
});
