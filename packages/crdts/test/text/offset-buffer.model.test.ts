import { seededRandom } from '@quorate/transport/system';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { OffsetBuffer } from '../../src/text/offset-buffer.ts';

function offsetsOf(buffer: OffsetBuffer): number[] {
  const offsets: number[] = [];
  buffer.forEach((offset, count) => {
    expect(count).toBeGreaterThan(0);
    for (let at = 0; at < count; at += 1) offsets.push(offset + at);
  });
  return offsets;
}

/** Edits as numbers: where, how much, and whether to delete. */
const edits = fc.array(fc.tuple(fc.nat(), fc.nat(12_000), fc.nat(2)), {
  maxLength: 60,
  size: 'max',
});

test('does what an array does, over many chunks', () => {
  fc.assert(
    fc.property(edits, (steps) => {
      const buffer = new OffsetBuffer();
      const model: number[] = [];
      let offset = 0;
      for (const [place, count, kind] of steps) {
        const position = place % (model.length + 1);
        if (kind === 0 && model.length > position) {
          const size = Math.min(count, model.length - position);
          buffer.delete(position, size);
          model.splice(position, size);
        } else {
          buffer.insert(position, offset, count);
          model.splice(position, 0, ...Array.from({ length: count }, (_, at) => offset + at));
          offset += count;
        }
        expect(buffer.length).toBe(model.length);
      }
      expect(offsetsOf(buffer)).toEqual(model);
    }),
    { numRuns: 30 },
  );
});

test('many small edits do what an array does, over many chunks', () => {
  const random = seededRandom(7);
  const buffer = new OffsetBuffer();
  const model: number[] = [];
  let offset = 0;
  for (let step = 0; step < 20_000; step += 1) {
    const position = random.int(model.length + 1);
    if (random.int(3) === 0) {
      const size = Math.min(random.int(step % 500 === 0 ? 2_000 : 9), model.length - position);
      buffer.delete(position, size);
      model.splice(position, size);
    } else {
      const count = 1 + random.int(4);
      buffer.insert(position, offset, count);
      model.splice(position, 0, ...Array.from({ length: count }, (_, at) => offset + at));
      offset += count;
    }
  }
  expect(buffer.length).toBe(model.length);
  expect(offsetsOf(buffer)).toEqual(model);
});

test('an edit outside is refused', () => {
  const buffer = new OffsetBuffer();
  buffer.insert(0, 7, 3);
  expect(() => buffer.insert(4, 0, 1)).toThrow(CorruptBytesError);
  expect(() => buffer.insert(-1, 0, 1)).toThrow(CorruptBytesError);
  expect(() => buffer.delete(2, 2)).toThrow(CorruptBytesError);
  expect(() => buffer.delete(-1, 1)).toThrow(CorruptBytesError);
  expect(offsetsOf(buffer)).toEqual([7, 8, 9]);
});
