import { expect, test } from 'vitest';

import { ByteWriter } from '../../src/wire/byte-writer.ts';

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(1);
  write(writer);
  expect(writer.sizeBytes).toBe(writer.view().length);
  expect(writer.copy()).toEqual(writer.view());
  return [...writer.copy()];
}

test.each([
  [0, [0]],
  [127, [127]],
  [128, [0x80, 1]],
  [300, [0xac, 2]],
  [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
  [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
])('the varint of %d', (value, bytes) => {
  expect(written((writer) => writer.varint(value))).toEqual(bytes);
});

test('small numbers of either sign are short', () => {
  expect(written((writer) => writer.signed(0))).toEqual([0]);
  expect(written((writer) => writer.signed(-1))).toEqual([1]);
  expect(written((writer) => writer.signed(63))).toEqual([126]);
  expect(written((writer) => writer.signed(-64))).toEqual([127]);
});

test('words, bytes and text', () => {
  expect(written((writer) => writer.word(0x01_02_03, 3))).toEqual([1, 2, 3]);
  expect(written((writer) => writer.word(-1, 4))).toEqual([255, 255, 255, 255]);
  expect(written((writer) => writer.prefixed(Uint8Array.of(7, 8)))).toEqual([2, 7, 8]);
  expect(written((writer) => writer.text('é'))).toEqual([2, 0xc3, 0xa9]);
});
