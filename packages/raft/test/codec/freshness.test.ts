import { expect, test } from 'vitest';

import { keyValueQueryCodec } from '../../src/kv/codec.ts';
import type { ReadFreshness } from '../../src/node/outcomes.ts';

test('the default says nothing, so that every node understands it', () => {
  expect(Array.from(keyValueQueryCodec.encode({ kind: 'get', key: 'k' }))).toEqual([1, 1, 1, 107]);
});

test.each<[ReadFreshness, readonly number[]]>([
  [{ consistency: 'lease' }, [1]],
  [{ consistency: 'bounded', maxStalenessMs: 300 }, [2, 172, 2]],
  [{ consistency: 'stale' }, [3]],
])('%o stands behind the query', (freshness, bytes) => {
  const query = { kind: 'get', key: 'k', freshness } as const;
  const encoded = keyValueQueryCodec.encode(query);
  expect(Array.from(encoded)).toEqual([1, 1, 1, 107, ...bytes]);
  expect(keyValueQueryCodec.decode(encoded)).toEqual(query);
});

test('a bound of nothing is refused', () => {
  expect(() => keyValueQueryCodec.decode(Uint8Array.of(1, 1, 1, 107, 2, 0))).toThrow(
    'maxStalenessMs: expected at least 1, got 0',
  );
});
