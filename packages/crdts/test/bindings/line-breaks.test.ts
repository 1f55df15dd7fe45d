import fc from 'fast-check';
import { expect, test } from 'vitest';

import { rawPosition, shownPosition, shownText } from '../../src/bindings/line-breaks.ts';

const raw = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n'), maxLength: 12 });

test('all line breaks are shown as one kind', () => {
  expect(shownText('a\r\nb\rc\nd\n\re')).toBe('a\nb\nc\nd\n\ne');
});

test('positions go to the text and back', () => {
  fc.assert(
    fc.property(raw, fc.nat(15), (text, at) => {
      const shown = shownText(text);
      const position = Math.min(at, shown.length);
      const back = rawPosition(text, position);
      expect(shownPosition(text, back)).toBe(position);
      expect(shownText(text.slice(0, back)) + shownText(text.slice(back))).toBe(shown);
    }),
  );
});
