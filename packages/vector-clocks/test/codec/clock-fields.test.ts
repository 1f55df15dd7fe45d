import { ByteReader, ByteWriter } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { readClock, writeClock } from '../../src/codec/clock-fields.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { entriesOf, rebuilt } from '../support/clocks.ts';

const bytesOf = (clock: VectorClock): Uint8Array => {
  const writer = new ByteWriter();
  writeClock(writer, clock);
  return writer.finish();
};

test('zeros are not written', () => {
  const dense = new VectorClock(['a', 'b', 'c'], [0, 2, 0]);

  expect(Array.from(bytesOf(dense))).toEqual([1, 1, 98, 2]);
  expect(bytesOf(rebuilt(dense))).toEqual(bytesOf(dense));
});

test('a clock that is read shares its ids with a near one that has the same', () => {
  const near = VectorClock.of([
    ['a', 1],
    ['b', 1],
  ]);
  const same = readClock(new ByteReader(bytesOf(new VectorClock(near.ids, [3, 4]))), near);
  const fewer = readClock(new ByteReader(bytesOf(VectorClock.of([['a', 3]]))), near);
  const more = readClock(new ByteReader(bytesOf(near)), VectorClock.of([['a', 3]]));

  const others = VectorClock.fromJSON({ a: 3, c: 4 });

  expect(same.ids).toBe(near.ids);
  expect(entriesOf(readClock(new ByteReader(bytesOf(others)), near))).toEqual(entriesOf(others));
  expect(entriesOf(same)).toEqual([
    ['a', 3],
    ['b', 4],
  ]);
  expect(entriesOf(fewer)).toEqual([['a', 3]]);
  expect(entriesOf(more)).toEqual(entriesOf(near));
});
