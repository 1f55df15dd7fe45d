import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkedPrefix, redisKey, restOf } from '../../src/redis/key-encoding.ts';

const nameOf = (key: string, policyName = 'api', tag = key): string =>
  redisKey('quorate', 'gcra1', tag, restOf(policyName, key, tag));

/** What Redis Cluster hashes: between the first `{` and the first `}` after it. */
function hashedPart(name: string): string {
  const [open, close] = [name.indexOf('{'), name.indexOf('}')];
  return name.slice(open + 1, close);
}

test('a plain key can be read in the name', () => {
  expect(nameOf('user:42')).toBe('quorate:gcra1:{.user:42}api');
});

test('a key in a group stands behind the tag of the group', () => {
  expect(nameOf('user:42', 'api', 'org:7')).toBe('quorate:gcra1:{.org:7}api|.user:42');
});

test('the empty key has a tag that Redis does not ignore', () => {
  expect(hashedPart(nameOf(''))).toBe('.');
});

describe('keys of strangers', () => {
  const key = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '{', '}', '%', '|', ':', '.', '#', '\n', '\0') }),
    fc.string({ unit: fc.constantFrom('\ud800', '\udc00', '\u{1f600}', 'd', '8', '0', 'u', '%') }),
    fc.string({ maxLength: 300, minLength: 100 }),
  );
  const policyName = fc.string({ unit: fc.constantFrom('a', '|', '%', '{', '}', '.', ' ') });
  // As bytes, because half a surrogate pair and another half are the same bytes.
  const bytesOf = (name: string): string => new TextEncoder().encode(name).toString();

  test('two limits never share a name', () => {
    fc.assert(
      fc.property(key, policyName, key, policyName, key, (a, nameA, b, nameB, tag) => {
        fc.pre(a !== b || nameA !== nameB);
        expect(bytesOf(nameOf(a, nameA))).not.toBe(bytesOf(nameOf(b, nameB)));
        expect(bytesOf(nameOf(a, nameA, tag))).not.toBe(bytesOf(nameOf(b, nameB, tag)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('braces in them choose no slot and tear no tag', () => {
    fc.assert(
      fc.property(key, policyName, key, (value, name, tag) => {
        const own = hashedPart(nameOf(value, name, tag));
        expect(own).toBe(hashedPart(nameOf('another', 'b', tag)));
        expect(own).not.toMatch(/[{}]/);
        expect(own).not.toBe('');
      }),
    );
  });

  test('a name has a bounded length however long the key is', () => {
    expect(nameOf('x'.repeat(10_240)).length).toBeLessThan(100);
    expect(nameOf('{'.repeat(10_240)).length).toBeLessThan(100);
  });
});

describe('the prefix', () => {
  test.each(['quorate', 'a', 'app:limits/v2', 'x'.repeat(64)])('%s is taken', (prefix) => {
    expect(checkedPrefix(prefix)).toBe(prefix);
  });

  test.each(['', 'a{b', 'a}b', 'a b', 'ä', 'x'.repeat(65), 'a\n'])('%j is refused', (prefix) => {
    expect(() => checkedPrefix(prefix)).toThrow(RangeError);
  });
});
