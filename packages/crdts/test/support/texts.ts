import fc from 'fast-check';

/** Few texts, so that they meet, and those that trip programs over. */
export const awkwardTexts: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'x',
  'y',
  'z',
  '__proto__',
  'constructor',
  'toString',
  '\u{1f600}',
  '\uffff',
  '\u0000',
  'x'.repeat(200),
);
