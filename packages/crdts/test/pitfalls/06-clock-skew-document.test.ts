import { expect, test } from 'vitest';

import { author } from '../support/every-order.ts';

test('who has written most often has no lead: a later write wins', () => {
  const busy = author('z');
  const calm = author('a');
  for (let count = 0; count < 1_000; count += 1) busy.root.set('color', count);
  calm.applyAll(busy.updates);
  calm.root.set('color', 'mine');
  busy.applyAll(calm.updates);
  expect([busy.root.get('color'), calm.root.get('color')]).toEqual(['mine', 'mine']);
});
