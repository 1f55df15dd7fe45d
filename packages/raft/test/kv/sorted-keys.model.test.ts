import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SortedKeys } from '../../src/kv/sorted-keys.ts';

test('agrees with a set that is sorted each time', () => {
  const key = fc.oneof(
    fc.nat(2_000).map(String),
    fc.constantFrom('__proto__', 'constructor', 'é', '\u{1F600}', '\uE000'),
  );
  const step = fc.record({ kind: fc.constantFrom('add', 'add', 'delete'), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), key, (steps, start) => {
      const keys = new SortedKeys();
      const slow = new Set<string>();
      for (const { kind, key: each } of steps) {
        if (kind === 'add') {
          keys.add(each);
          slow.add(each);
        } else {
          keys.delete(each);
          slow.delete(each);
        }
      }
      // As JavaScript compares texts, which `sort` does as well.
      expect([...keys.from('')]).toEqual([...slow].sort());
      expect([...keys.from(start)]).toEqual([...slow].filter((each) => each >= start).sort());
    }),
    { numRuns: 300 },
  );
});

test('keeps its order when runs are split and emptied again', () => {
  const keys = new SortedKeys();
  const all = Array.from({ length: 3_000 }, (_, place) => String((place * 7_919) % 3_000));
  for (const key of all) keys.add(key);
  expect([...keys.from('')]).toEqual([...all].sort());
  for (const key of all.slice(0, 2_990)) keys.delete(key);
  expect([...keys.from('')]).toEqual(all.slice(2_990).sort());
  keys.clear();
  expect([...keys.from('')]).toEqual([]);
});
