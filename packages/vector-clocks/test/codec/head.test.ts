import { ByteReader, ByteWriter } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { readHead, writeHead } from '../../src/codec/head.ts';

test('bytes of another kind, or of another version, are refused', () => {
  const writer = new ByteWriter();
  writeHead(writer, 'vector clock');
  const bytes = writer.finish();

  expect(Array.from(bytes)).toEqual([1, 1]);
  readHead(new ByteReader(bytes), 'vector clock');
  expect(() => {
    readHead(new ByteReader(bytes), 'bloom clock');
  }).toThrow('kind: expected 7, got 1');
  expect(() => {
    readHead(new ByteReader(Uint8Array.of(2, 1)), 'vector clock');
  }).toThrow('version: expected 1, got 2');
});
