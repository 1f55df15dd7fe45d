/*
 * What goes wrong elsewhere: every layer of a filter that grows has the rate that was asked for,
 * and after ten layers it errs ten times as often. Or a growing filter forgets the layers before.
 */
import { expect, test } from 'vitest';

import { ScalableFilter } from '../../src/scalable.ts';
import { countFound, keyFamilies, withChance } from '../support/key-families.ts';

test.each(Object.entries(keyFamilies))('ten full layers of %s keep the rate', (_, keyOf) => {
  const filter = new ScalableFilter({ itemCount: 50, falsePositiveRate: 0.02 });
  // A few hundred are taken for members, and so are not counted: the tenth layer is nearly full.
  const count = 50 * (2 ** 10 - 1);
  for (let index = 0; index < count; index += 1) filter.add(keyOf(index));

  expect(filter.layers).toHaveLength(10);
  expect(countFound(filter, keyOf, [0, count])).toBe(count);
  const found = countFound(filter, keyOf, [count, count + 50_000]);
  expect(found).toBeLessThan(withChance(1_000));
  expect(filter.stats().falsePositiveRate).toBeLessThan(0.02);
});
