import { expect, test } from 'vitest';

import { keyValueQueryCodec } from '../../src/kv/codec.ts';
import { freshnessIn } from '../../src/kv/freshness.ts';

test('the default says nothing, so that every node understands it', () => {
  const query = { kind: 'get', key: 'k', ...freshnessIn({ consistency: 'linearizable' }) } as const;
  expect(query).toEqual({ kind: 'get', key: 'k', ...freshnessIn({}) });
  expect(Array.from(keyValueQueryCodec.encode(query))).toEqual([1, 1, 1, 107]);
});

test.each([
  [{ consistency: 'lease' } as const, [1]],
  [{ consistency: 'bounded', maxStalenessMs: 300 } as const, [2, 172, 2]],
  [{ consistency: 'stale' } as const, [3]],
])('%o stands behind the query', (freshness, bytes) => {
  const query = { kind: 'get', key: 'k', ...freshnessIn(freshness) } as const;
  const encoded = keyValueQueryCodec.encode(query);
  expect(Array.from(encoded)).toEqual([1, 1, 1, 107, ...bytes]);
  expect(keyValueQueryCodec.decode(encoded)).toEqual(query);
});

test('a bound is a whole number of milliseconds', () => {
  expect(() => freshnessIn({ consistency: 'bounded', maxStalenessMs: 0.5 })).toThrow(
    new RangeError('maxStalenessMs: expected whole milliseconds, got 0.5'),
  );
  expect(() => freshnessIn({ consistency: 'bounded', maxStalenessMs: 0 })).toThrow(RangeError);
  expect(() => keyValueQueryCodec.decode(Uint8Array.of(1, 1, 1, 107, 2, 0))).toThrow(
    'maxStalenessMs: expected at least 1, got 0',
  );
});
