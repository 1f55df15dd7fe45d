import { expect, test } from 'vitest';

import { ewFlag } from '../../src/causal/ew-flag.ts';

test('a flag is disabled at first, and enabled until it is disabled', () => {
  const enabled = ewFlag.enable(ewFlag.bottom, 'a');
  const disabled = ewFlag.join(enabled, ewFlag.disable(enabled));

  expect(ewFlag.isEnabled(ewFlag.bottom)).toBe(false);
  expect(ewFlag.isEnabled(enabled)).toBe(true);
  expect(ewFlag.isEnabled(disabled)).toBe(false);
  expect(disabled.store).toEqual([]);
});

test('enabling again replaces what was seen', () => {
  const enabled = ewFlag.enable(ewFlag.bottom, 'a');
  const again = ewFlag.join(enabled, ewFlag.enable(enabled, 'b'));

  expect(again.store).toEqual([{ replicaId: 'b', counter: 1, value: true }]);
  // Who disables what it saw before does not see this.
  expect(ewFlag.isEnabled(ewFlag.join(again, ewFlag.disable(enabled)))).toBe(true);
});
