import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { OwnerHealth } from '../../src/cluster/owner-health.ts';

const [one, other] = [nodeId('one'), nodeId('other')];

test('after a failure nobody asks for a while, then one does, and the others wait for it', () => {
  const health = new OwnerHealth(1_000);
  expect(health.mayAsk(one, 0)).toBe(true);
  health.failed(one, 0);
  expect([health.mayAsk(one, 999), health.mayAsk(other, 999)]).toEqual([false, true]);
  expect([health.mayAsk(one, 1_000), health.mayAsk(one, 1_000)]).toEqual([true, false]);
  health.failed(one, 1_100);
  expect([health.mayAsk(one, 2_099), health.mayAsk(one, 2_100)]).toEqual([false, true]);
  health.answered(one);
  expect([health.mayAsk(one, 2_100), health.mayAsk(one, 2_100)]).toEqual([true, true]);
});

test('whoever owns from now on is asked', () => {
  const health = new OwnerHealth(1_000);
  health.failed(one, 0);
  health.clear();
  expect(health.mayAsk(one, 1)).toBe(true);
});
