import { expect, test } from 'vitest';

import {
  expectKey,
  expectPrefix,
  expectRevision,
  expectTransaction,
  keyValueLimits,
} from '../../src/kv/limits.ts';
import type { KeyValueOperation } from '../../src/kv/messages.ts';

const nothing = { compare: [], then: [], otherwise: [] };
const put = (key: string, value = new Uint8Array(0)): KeyValueOperation => ({
  kind: 'put',
  key,
  value,
});

test('a key has 1 to 1 024 bytes of UTF-8', () => {
  for (const key of ['a', 'é'.repeat(512), '__proto__', '\u{1F600}', 'x'.repeat(1_024)]) {
    expect(() => {
      expectKey(key);
    }).not.toThrow();
  }
  for (const key of ['', 'x'.repeat(1_025), 'é'.repeat(513), '\uD800', 'a\uDC00b']) {
    expect(() => {
      expectKey(key);
    }).toThrow(RangeError);
  }
  // @ts-expect-error a caller without types
  expect(() => expectKey(7)).toThrow('key: expected a string, got number');
});

test('a prefix may be empty', () => {
  expect(() => {
    expectPrefix('');
  }).not.toThrow();
  expect(() => {
    expectPrefix('\uDFFF');
  }).toThrow('prefix: expected well-formed text, got a lone surrogate');
});

test('a revision is a safe integer', () => {
  for (const revision of [-1, 0.5, NaN, 2 ** 53]) {
    expect(() => {
      expectRevision(revision, 0);
    }).toThrow(RangeError);
  }
  expect(() => {
    expectRevision(0, 0);
  }).not.toThrow();
});

test('a transaction is checked in all its parts', () => {
  const tooMany = Array.from({ length: 129 }, (_, place) => put(`k${place}`));
  const refused = [
    { ...nothing, then: tooMany },
    { ...nothing, otherwise: tooMany },
    { ...nothing, compare: tooMany.map(({ key }) => ({ kind: 'exists', key }) as const) },
    { ...nothing, then: [put('a'), { kind: 'delete', key: 'a' } as const] },
    { ...nothing, then: [put('')] },
    { ...nothing, then: [put('a', new Uint8Array(keyValueLimits.valueBytesMax + 1))] },
    { ...nothing, compare: [{ kind: 'revision', key: 'a', revision: -1 } as const] },
    { ...nothing, compare: [{ kind: 'exists', key: '\uD800' } as const] },
  ];
  for (const transaction of refused) {
    expect(() => {
      expectTransaction(transaction);
    }).toThrow(RangeError);
  }
  // A key may be read and written, and written in either branch.
  expect(() => {
    expectTransaction({
      ...nothing,
      then: [{ kind: 'get', key: 'a' }, put('a', new Uint8Array(keyValueLimits.valueBytesMax))],
      otherwise: tooMany.slice(1),
    });
  }).not.toThrow();
  // @ts-expect-error a caller without types
  expect(() => expectTransaction({ ...nothing, then: [put('a', 'text')] })).toThrow(TypeError);
});
