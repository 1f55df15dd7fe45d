import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseFilter } from '../../../src/dashboard/trace/trace-filter.ts';

const message = { type: 'appendEntries', kind: 'send', term: 4, bytes: 120, lost: false };

test.each([
  ['', true],
  ["m.type === 'appendEntries' && m.term > 3", true],
  ["m.type==='appendEntries'&&m.term>4", false],
  ['m.type == "heartbeat" || m.bytes >= 120', true],
  ['m.type == "heartbeat" || m.bytes > 120 || m.lost', false],
  ['!(m.lost || m.term < 4)', true],
  ['m.lost === false && m.term !== null', true],
  ['m.nothing > 1 || m.nothing < 1', false],
  ['m.term > -1', true],
  // `&&` binds tighter than `||`, and comparisons tighter than both.
  ["m.kind === 'recv' && m.lost || m.term === 4", true],
  ["m.term > 3 === true && m.kind !== 'drop'", true],
])('%s: %s', (text, holds) => {
  expect(parseFilter(text)(message)).toBe(holds);
});

test.each([
  ['m.term >', 'expected a value, got the end'],
  ['(m.term > 3', 'expected a closing bracket'],
  ['m.term > 3 m.lost', 'expected the end before “m.lost”'],
  ["m.type === 'append", "not understood from “'append”"],
  ['alert(1)', 'not understood from “alert(1)”'],
  ['m.constructor.constructor', 'not understood from “.constructor”'],
  ['m["type"]', 'not understood from “m["type"]”'],
  ['m.term = 5', 'not understood from “= 5”'],
  ['m.f(1)', 'expected the end before “(”'],
  ['('.repeat(60), 'too deep'],
  ['1'.repeat(501), 'expected 500 characters'],
])('%s is no condition', (text, problem) => {
  expect(() => parseFilter(text)).toThrow(RangeError);
  expect(() => parseFilter(text)).toThrow(problem);
});

test('reaches nothing but fields of the message itself', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(parseFilter(`m.${name}`)(message), name).toBe(false);
  }
});

test('of any text says something, or that it says nothing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('m.ab1\'"()!=<>&|- ')) }),
      (text) => {
        try {
          expect(typeof parseFilter(text)(message)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      },
    ),
  );
});
