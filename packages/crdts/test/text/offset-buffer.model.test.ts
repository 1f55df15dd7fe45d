import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { OffsetBuffer } from '../../src/text/offset-buffer.ts';

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
      expect([...buffer.all()]).toEqual(model);
    }),
    { numRuns: 30 },
  );
});

test('an edit outside is refused', () => {
  const buffer = new OffsetBuffer();
  buffer.insert(0, 7, 3);
  expect(() => buffer.insert(4, 0, 1)).toThrow(CorruptBytesError);
  expect(() => buffer.insert(-1, 0, 1)).toThrow(CorruptBytesError);
  expect(() => buffer.delete(2, 2)).toThrow(CorruptBytesError);
  expect(() => buffer.delete(-1, 1)).toThrow(CorruptBytesError);
  expect([...buffer.all()]).toEqual([7, 8, 9]);
});
