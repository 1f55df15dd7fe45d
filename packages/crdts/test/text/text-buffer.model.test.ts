import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InsertedText } from '../../src/log/inserted-text.ts';
import { TextBuffer } from '../../src/text/text-buffer.ts';

const edits = fc.array(
  fc.tuple(
    fc.nat({ max: 1_000_000 }),
    fc.oneof(
      fc.integer({ min: -30_000, max: 30_000 }),
      fc.integer({ min: -5, max: 5 }),
      fc.constant(16_384),
    ),
  ),
  { maxLength: 40, size: 'max' },
);

describe('TextBuffer beside a string', () => {
  it('has the same text after every edit, large or small', () => {
    fc.assert(
      fc.property(edits, (drawn) => {
        const buffer = new TextBuffer();
        const source = new InsertedText();
        let text = '';
        for (const [at, size] of drawn) {
          if (size < 0) {
            const position = text.length === 0 ? 0 : at % text.length;
            const count = Math.min(-size, text.length - position);
            buffer.delete(position, count);
            text = text.slice(0, position) + text.slice(position + count);
          } else {
            const position = at % (text.length + 1);
            const inserted = 'abcdé€ghij'.repeat(size / 10 + 1).slice(at % 7, (at % 7) + size);
            if (at % 2 === 0) buffer.insert(position, inserted);
            else buffer.insertFrom(position, source, source.append(inserted), inserted.length);
            text = text.slice(0, position) + inserted + text.slice(position);
          }
          expect(buffer.length).toBe(text.length);
          expect(buffer.toString() === text).toBe(true);
          const probe = at % Math.max(text.length, 1);
          if (text.length > 0) expect(buffer.unitAt(probe)).toBe(text.charCodeAt(probe));
          expect(buffer.slice(probe, probe + 100)).toBe(text.slice(probe, probe + 100));
        }
      }),
      { numRuns: 30 },
    );
  });
});
