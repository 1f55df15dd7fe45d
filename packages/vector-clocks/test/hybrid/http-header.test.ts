import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  formatHybridHeader,
  HYBRID_TIME_HEADER,
  parseHybridHeader,
} from '../../src/hybrid/http-header.ts';
import { anyTimestamp } from '../support/hybrid.ts';

test('a header brings back what was written into it', () => {
  fc.assert(
    fc.property(anyTimestamp, (timestamp) => {
      const headers = new Headers({ [HYBRID_TIME_HEADER]: formatHybridHeader(timestamp) });
      expect(parseHybridHeader(headers.get('Hybrid-Time'))).toEqual(timestamp);
    }),
  );
});

test('its value is a token: it needs no quotes', () => {
  fc.assert(
    fc.property(anyTimestamp, (timestamp) => {
      expect(formatHybridHeader(timestamp)).toMatch(/^[A-Za-z*][-\w!#$%&'*+.^`|~:/]*$/);
    }),
  );
});

test.each([
  undefined,
  null,
  7,
  ['h1-019b76da98000001'],
  {},
  '',
  'h1-',
  'h1',
  'h2-019b76da98000001',
  'H1-019b76da98000001',
  'h1-019B76DA98000001',
  'h1-019b76da9800000',
  'h1-019b76da980000011',
  'h1-019b76da98000001, h1-019b76da98000001',
  'h1-019b76da98000001\r\nset-cookie: a=b',
  'h1-__proto__',
  `h1-${'0'.repeat(100_000)}`,
  '\ud800',
])('%j holds no timestamp', (value) => {
  expect(parseHybridHeader(value)).toBeUndefined();
});
