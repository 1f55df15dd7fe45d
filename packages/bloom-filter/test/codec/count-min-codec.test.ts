import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { decodeCountMin, encodeCountMin } from '../../src/codec/count-min-codec.ts';
import { bytesOfWords } from '../../src/codec/filter-format.ts';
import { COUNT_MAX, CountMin } from '../../src/sketches/count-min.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';

const hasher = keyHasher('xxh64', 5);

function sketchOf(first: number, last: number, width: number): CountMin {
  const sketch = new CountMin({ width, depth: 3, hasher });
  for (let key = first; key < last; key += 1) sketch.add(key, 1 + (key % 7));
  return sketch;
}

describeFile({
  kind: 'count-min',
  value: sketchOf(0, 20, 5),
  encode: encodeCountMin,
  decode: decodeCountMin,
});

describe('a count-min sketch that was read', () => {
  test('counts on as the one that was written', () => {
    const sketch = sketchOf(0, 1_000, 200);
    const read = decodeCountMin(encodeCountMin(sketch));
    for (const one of [sketch, read]) one.add(7, 100);

    for (let key = 0; key < 2_000; key += 1) expect(read.estimate(key)).toBe(sketch.estimate(key));
    expect(read.totalCount).toBe(sketch.totalCount);
    expect([read.width, read.depth, read.hasher.id]).toEqual([200, 3, 'xxh64']);
  });

  test('is that of all when added up', () => {
    const whole = sketchOf(0, 1_000, 50);
    const [part, rest] = [sketchOf(0, 300, 50), sketchOf(300, 1_000, 50)].map((one) =>
      decodeCountMin(encodeCountMin(one)),
    );
    if (part === undefined || rest === undefined) throw new Error('two were read');
    part.addAll(rest);

    expect(part.counters).toEqual(whole.counters);
    expect(part.totalCount).toBe(whole.totalCount);
  });

  test('stays at what a counter can hold', () => {
    const sketch = new CountMin({ width: 3, depth: 2 });
    sketch.add('a', COUNT_MAX);
    sketch.add('a', 5);
    sketch.add('b', 9);
    const read = decodeCountMin(encodeCountMin(sketch));

    expect(read.estimate('a')).toBe(COUNT_MAX);
    expect(read.totalCount).toBe(COUNT_MAX + 14);
  });

  test('may have counted all that a number can say', () => {
    const sketch = new CountMin({ width: 1, depth: 1 });
    for (let doubling = 0; doubling < 60; doubling += 1) {
      sketch.add('a', COUNT_MAX);
      sketch.addAll(sketch);
    }
    const read = decodeCountMin(encodeCountMin(sketch));

    expect(read.totalCount).toBe(Number.MAX_SAFE_INTEGER);
  });
});

function claimOf(size: readonly number[], counters: readonly number[]): Uint8Array {
  return claim(
    'count-min',
    (writer) => {
      for (const value of size) writer.varint(value);
    },
    bytesOfWords(Int32Array.from(counters)),
  );
}

test.each([
  ['no counter', [0, 3, 0], []],
  ['no row', [3, 0, 0], []],
  ['2^40 counters', [2 ** 40, 1, 0], [0]],
  ['2^31 rows', [1, 2 ** 31, 0], [0]],
  ['65 rows', [1, 65, 0], Array.from({ length: 65 }, () => 0)],
  ['2^30 counters and one more', [2 ** 30 + 1, 1, 0], [0]],
  ['more counters than there are', [3, 2, 0], [0, 0, 0, 0, 0]],
  ['fewer counters than there are', [3, 1, 0], [0, 0, 0, 0]],
  ['a counter higher than all that was counted', [2, 1, 5], [6, 0]],
  ['a row of more than was counted', [2, 2, 5], [5, 0, 3, 3]],
  ['a row of less than was counted', [2, 2, 5], [5, 0, 3, 1]],
  ['a full counter and less in all', [2, 1, 5], [-1, 0]],
  ['a full counter and not all else', [2, 1, 2 ** 32 + 3], [-1, 6]],
])('a file that claims %s is refused', (_, size, counters) => {
  expectRefusal(decodeCountMin, claimOf(size, counters));
});

test('a file whose full counters explain a difference is read', () => {
  expect(decodeCountMin(claimOf([2, 1, 2 ** 32 + 9], [-1, 6])).totalCount).toBe(2 ** 32 + 9);
});
