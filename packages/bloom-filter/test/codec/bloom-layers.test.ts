import { keyHasher } from '@quorate/hash';
import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { layersOf, readShapes, writeShapes } from '../../src/codec/bloom-layers.ts';

const shapes = [
  { bitCount: 64, hashCount: 3 },
  { bitCount: 2 ** 35, hashCount: 255 },
];

test('shapes read back as they were written', () => {
  const writer = new ByteWriter();
  writeShapes(writer, shapes);
  const reader = new ByteReader(writer.finish());

  expect(readShapes(reader)).toEqual(shapes);
  expect(reader.remaining).toBe(0);
});

test.each([
  { bitCount: 0, hashCount: 3 },
  { bitCount: 48, hashCount: 3 },
  { bitCount: 2 ** 35 + 32, hashCount: 3 },
  { bitCount: 64, hashCount: 0 },
  { bitCount: 64, hashCount: 256 },
])('$bitCount bits, of which a key has $hashCount, are refused', (shape) => {
  const writer = new ByteWriter();
  writeShapes(writer, [shape]);
  expect(() => readShapes(new ByteReader(writer.finish()))).toThrow(DecodeError);
});

test('tables follow each other, and are copies', () => {
  const body = Uint8Array.from({ length: 12 }, (_, at) => at);
  const two = [64, 32].map((bitCount) => ({ bitCount, hashCount: 2 }));
  const layers = layersOf(body, two, keyHasher('xxh64'));
  body.fill(0);

  expect(layers.map(({ words }) => [...words])).toEqual([
    [0x0302_0100, 0x0706_0504],
    [0x0b0a_0908],
  ]);
  expect(layers.map(({ hashCount, hasher }) => [hashCount, hasher.id])).toEqual([
    [2, 'xxh64'],
    [2, 'xxh64'],
  ]);
});

test('tables that are not there are refused', () => {
  expect(() => layersOf(new Uint8Array(8), shapes, keyHasher())).toThrow(
    /^body: expected 4294967304/,
  );
  expect(() => layersOf(new Uint8Array(9), [shapes[0]!], keyHasher())).toThrow(DecodeError);
});
