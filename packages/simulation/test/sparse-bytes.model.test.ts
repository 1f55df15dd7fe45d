import fc from 'fast-check';
import { expect, test } from 'vitest';

import { pageBytes, SparseBytes } from '../src/sparse-bytes.ts';

const sizeMax = 4 * pageBytes;

const action = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    offset: fc.nat(sizeMax - 1),
    bytes: fc.uint8Array({ maxLength: 2 * pageBytes, size: 'max' }),
  }),
  fc.record({ kind: fc.constant('clearFrom' as const), offset: fc.nat(sizeMax) }),
);

test('reads what one large array would hold', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 10 }), (actions) => {
      const sparse = new SparseBytes();
      const plain = new Uint8Array(2 * sizeMax);
      for (const step of actions) {
        if (step.kind === 'write') {
          const pagesBefore = sparse.pageCount;
          const missing = sparse.missingPages(step.offset, step.bytes.length);
          sparse.write(step.offset, step.bytes);
          plain.set(step.bytes, step.offset);
          expect(sparse.pageCount).toBe(pagesBefore + missing);
        } else {
          sparse.clearFrom(step.offset);
          plain.fill(0, step.offset);
        }
      }
      const read = new Uint8Array(2 * sizeMax).fill(0xff);
      sparse.read(0, read);
      expect(read.every((byte, index) => byte === plain[index])).toBe(true);
      const starts = [...sparse.pageOffsets()];
      expect(starts).toHaveLength(sparse.pageCount);
      expect(starts.every((start) => start % pageBytes === 0)).toBe(true);
    }),
  );
});
