import { keyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { decodeHyperLogLog, encodeHyperLogLog } from '../../src/codec/hyper-log-log-codec.ts';
import { HyperLogLog } from '../../src/sketches/hyper-log-log.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';

const hasher = keyHasher('xxh64', 5);

function sketchOf(first: number, last: number, precision: number): HyperLogLog {
  const sketch = new HyperLogLog({ precision, hasher });
  for (let key = first; key < last; key += 1) sketch.add(key);
  return sketch;
}

describeFile({
  kind: 'hyper-log-log',
  value: sketchOf(0, 100, 4),
  encode: encodeHyperLogLog,
  decode: decodeHyperLogLog,
});

test.each([4, 10, 18])('a sketch of precision %d counts on as the one written', (precision) => {
  const sketch = sketchOf(0, 5_000, precision);
  const read = decodeHyperLogLog(encodeHyperLogLog(sketch));
  expect(read.estimate()).toBe(sketch.estimate());
  for (let key = 4_000; key < 9_000; key += 1) expect(read.add(key)).toBe(sketch.add(key));

  expect(read.registers).toEqual(sketch.registers);
  expect([read.precision, read.hasher.id]).toEqual([precision, 'xxh64']);
});

test('sketches that were read are those of both sets when added up', () => {
  const [left, right] = [sketchOf(0, 6_000, 8), sketchOf(4_000, 9_000, 8)].map((part) =>
    decodeHyperLogLog(encodeHyperLogLog(part)),
  );
  if (left === undefined || right === undefined) throw new Error('two were read');
  left.addAll(right);

  expect(left.registers).toEqual(sketchOf(0, 9_000, 8).registers);
});

test('registers up to the last rank are read, and none beyond it', () => {
  for (const precision of [4, 11, 18]) {
    const bytesWith = (rank: number): Uint8Array =>
      claim(
        'hyper-log-log',
        (writer) => {
          writer.u8(precision);
        },
        new Uint8Array(2 ** precision).fill(rank, -1),
      );
    expect(decodeHyperLogLog(bytesWith(65 - precision)).estimate()).toBeGreaterThan(0);
    for (const rank of [66 - precision, 64, 255]) {
      expectRefusal(decodeHyperLogLog, bytesWith(rank));
    }
  }
});

test.each([
  ['a precision of 3', 3, 8],
  ['a precision of 19', 19, 16],
  ['a precision of 255', 255, 16],
  ['more registers than there are', 5, 16],
  ['a register that is too many', 4, 17],
])('a file that claims %s is refused', (_, precision, bodyBytes) => {
  const bytes = claim(
    'hyper-log-log',
    (writer) => {
      writer.u8(precision);
    },
    bodyBytes,
  );
  expectRefusal(decodeHyperLogLog, bytes);
});
