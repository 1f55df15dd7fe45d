import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { readEntries, writeEntries } from '../../src/codec/entries.ts';
import { entriesOf } from '../support/lone-node.ts';

function encoded(terms: readonly number[]): Uint8Array {
  const writer = new ByteWriter(64);
  writeEntries(writer, 2, entriesOf(terms, 8));
  return writer.finish();
}

test('entries follow the position before them and say only how their term rises', () => {
  const entries = readEntries(new ByteReader(encoded([2, 3, 3])), 7, 2, 5);
  expect(entries).toEqual(entriesOf([2, 3, 3], 8));
  expect(encoded([2]).length).toBe(encoded([3]).length);
});

test('a term above that of the message is refused', () => {
  expect(() => readEntries(new ByteReader(encoded([2, 6])), 7, 2, 5)).toThrow(DecodeError);
});

test('more entries than there are bytes for are refused before anything is allocated', () => {
  expect(() => readEntries(new ByteReader(Uint8Array.of(200, 1, 0)), 7, 2, 5)).toThrow(DecodeError);
});
