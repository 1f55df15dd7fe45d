import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  compare,
  increment,
  isBefore,
  isConcurrent,
  merge,
  VectorClock,
} from '../src/vector-clock.ts';
import { anyClock, anyReplicaId, entriesOf, rebuilt } from './support/clocks.ts';

const of = (entries: Record<string, number>): VectorClock => VectorClock.fromJSON(entries);

describe('a clock', () => {
  test('has entries in the order of ids, by code units, without zeros', () => {
    const clock = VectorClock.of([
      ['\ufffd', 1],
      ['b', 0],
      ['\u{1f642}', 2],
      ['a', 3],
    ]);

    expect(entriesOf(clock)).toEqual([
      ['a', 3],
      ['\u{1f642}', 2],
      ['\ufffd', 1],
    ]);
    expect(clock.size).toBe(3);
    expect(clock.ids).toEqual(['a', '\u{1f642}', '\ufffd']);
    expect(clock.get('b')).toBe(0);
    expect(clock.get('a')).toBe(3);
  });

  test('takes an id that objects have for an id', () => {
    const clock = increment(increment(VectorClock.empty, '__proto__'), 'constructor');

    expect(clock.get('__proto__')).toBe(1);
    expect(clock.get('toString')).toBe(0);
    expect(JSON.stringify(clock)).toBe('{"__proto__":1,"constructor":1}');
    expect(entriesOf(VectorClock.fromJSON(JSON.parse(JSON.stringify(clock))))).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });

  test('goes through JSON unchanged, as an object and as pairs', () => {
    fc.assert(
      fc.property(anyClock, (clock) => {
        const read = VectorClock.fromJSON(JSON.parse(JSON.stringify(clock)));
        expect(compare(read, clock)).toBe('equal');
        expect(VectorClock.fromJSON(entriesOf(clock))).toEqual(read);
      }),
    );
  });

  test.each<[value: unknown, error: Error]>([
    [
      { a: 2 ** 53 },
      new RangeError('counter of "a": expected an integer in 0..2^53-1, got 9007199254740992'),
    ],
    [{ a: -1 }, new RangeError('counter of "a": expected an integer in 0..2^53-1, got -1')],
    [{ a: 1.5 }, new RangeError('counter of "a": expected an integer in 0..2^53-1, got 1.5')],
    [{ a: NaN }, new RangeError('counter of "a": expected an integer in 0..2^53-1, got NaN')],
    [{ a: '1' }, new TypeError('counter of "a": expected a number, got string')],
    [{ '\ud800': 1 }, new RangeError('id: expected well-formed text, got a lone surrogate')],
    [{ '': 1 }, new RangeError('id: expected 1..64 bytes of UTF-8, got 0')],
    [null, new TypeError('clock: expected an object or pairs, got null')],
    ['a', new TypeError('clock: expected an object or pairs, got a')],
    [[['a']], new TypeError('entry: expected a pair of id and counter, got something else')],
    [[[7, 1]], new TypeError('id: expected a string, got number')],
    [
      [
        ['a', 1],
        ['a', 1],
      ],
      new RangeError('entries: expected ids that differ, got "a" twice'),
    ],
  ])('is not made of %j', (value, error) => {
    expect(() => VectorClock.fromJSON(value)).toThrow(error);
  });

  test('ignores what an object inherits', () => {
    expect(VectorClock.fromJSON(Object.create({ a: 1 })).size).toBe(0);
  });
});

describe('compare', () => {
  test.each([
    [{}, {}, 'equal'],
    [{ a: 1 }, { a: 1 }, 'equal'],
    [{ a: 1, b: 0 }, { a: 1 }, 'equal'],
    [{}, { a: 1 }, 'before'],
    [{ a: 1 }, { a: 2 }, 'before'],
    [{ a: 1 }, { a: 1, b: 1 }, 'before'],
    [{ b: 1 }, { a: 1, b: 1 }, 'before'],
    [{ a: 1 }, { b: 1 }, 'concurrent'],
    [{ a: 1, b: 2 }, { a: 2, b: 1 }, 'concurrent'],
    [{ a: 9, b: 1 }, { b: 2 }, 'concurrent'],
    [{ a: 1, c: 1 }, { a: 2, b: 1 }, 'concurrent'],
    [{ a: 2 ** 53 - 2 }, { a: 2 ** 53 - 1 }, 'before'],
  ] as const)('%j is, beside %j, %s', (left, right, ordering) => {
    const opposite = { before: 'after', equal: 'equal', concurrent: 'concurrent' } as const;

    expect(compare(of(left), of(right))).toBe(ordering);
    expect(compare(of(right), of(left))).toBe(opposite[ordering]);
    expect(isBefore(of(left), of(right))).toBe(ordering === 'before');
    expect(isConcurrent(of(left), of(right))).toBe(ordering === 'concurrent');
  });

  test('says the same of clocks that share their ids, and of zeros among them', () => {
    const ids = ['a', 'b', 'c'];
    const numbers = fc.array(fc.nat(2), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const one = new VectorClock(ids, left);
        const other = new VectorClock(ids, right);
        const expected = compare(rebuilt(one), rebuilt(other));
        expect(compare(one, other)).toBe(expected);
        expect(compare(one, rebuilt(other))).toBe(expected);
        expect(compare(rebuilt(one), other)).toBe(expected);
      }),
    );
  });
});

describe('compare, of concurrent clocks,', () => {
  /** Numbers of which those after the second one must not be looked at. */
  const guarded = (first: number, second: number): number[] =>
    Object.defineProperty([first, second, 0], 2, {
      get: () => {
        throw new Error('the answer was known before');
      },
    });

  test('looks no further than it must', () => {
    const ids = ['a', 'b', 'c'];
    const left = new VectorClock(ids, guarded(1, 2));

    expect(compare(left, new VectorClock(ids, guarded(2, 1)))).toBe('concurrent');
    expect(compare(left, new VectorClock([...ids], guarded(2, 1)))).toBe('concurrent');
    expect(compare(left, new VectorClock(['a', 'bb', 'c'], guarded(2, 1)))).toBe('concurrent');
  });
});

describe('merge', () => {
  test('takes the larger number of each replica', () => {
    const merged = merge(of({ a: 1, c: 5 }), of({ a: 3, b: 2, c: 4 }));

    expect(JSON.stringify(merged)).toBe('{"a":3,"b":2,"c":5}');
  });

  test('keeps the ids of an operand that has them all, so that numbers suffice later', () => {
    const large = of({ a: 1, b: 2, c: 3 });

    expect(merge(large, of({ b: 9 })).ids).toBe(large.ids);
    expect(merge(of({ b: 9 }), large).ids).toBe(large.ids);
    expect(merge(large, rebuilt(large)).ids).toBe(large.ids);
    expect(increment(large, 'b').ids).toBe(large.ids);
  });

  test('leaves its operands alone', () => {
    const left = of({ a: 1, b: 1 });
    const right = of({ a: 2 });
    merge(left, right);
    merge(left, rebuilt(left));
    increment(left, 'a');
    increment(left, 'c');

    expect(JSON.stringify([left, right])).toBe('[{"a":1,"b":1},{"a":2}]');
  });
});

describe('increment', () => {
  test('raises one number by one, wherever its id stands', () => {
    fc.assert(
      fc.property(anyClock, anyReplicaId, (clock, id) => {
        const after = increment(clock, id);
        const others = entriesOf(clock).filter(([key]) => key !== id);
        const expected = VectorClock.of([...others, [id, clock.get(id) + 1]]);
        expect(entriesOf(after)).toEqual(entriesOf(expected));
        expect(compare(clock, after)).toBe('before');
      }),
    );
  });

  test('is refused where two numbers would be one', () => {
    expect(() => increment(of({ a: 2 ** 53 - 1 }), 'a')).toThrow(
      new RangeError('counter: expected a counter below 2^53-1, got 9007199254740991'),
    );
    expect(() => increment(VectorClock.empty, '')).toThrow(
      new RangeError('id: expected 1..64 bytes of UTF-8, got 0'),
    );
  });
});
