import { expect, test } from 'vitest';

import { dwFlag } from '../../src/causal/dw-flag.ts';

test('a flag is disabled at first, and enabled until it is disabled', () => {
  const enabled = dwFlag.enable(dwFlag.bottom, 'a');
  const disabled = dwFlag.join(enabled, dwFlag.disable(enabled, 'b'));

  expect(dwFlag.isEnabled(dwFlag.bottom)).toBe(false);
  expect(dwFlag.isEnabled(enabled)).toBe(true);
  expect(dwFlag.isEnabled(disabled)).toBe(false);
  expect(disabled.store).toEqual([{ replicaId: 'b', counter: 1, value: false }]);
});

test('disabling what is disabled keeps a concurrent enabling from it', () => {
  const enabled = dwFlag.enable(dwFlag.bottom, 'a');
  const disabled = dwFlag.disable(dwFlag.bottom, 'b');

  expect(dwFlag.isEnabled(dwFlag.join(enabled, disabled))).toBe(false);
});

test('a disabling that all have seen leaves nothing behind', () => {
  const disabled = dwFlag.disable(dwFlag.bottom, 'b');
  const contested = dwFlag.join(dwFlag.enable(dwFlag.bottom, 'a'), disabled);

  expect(dwFlag.join(disabled, dwFlag.settle(disabled, disabled)).store).toEqual([]);
  expect(dwFlag.join(contested, dwFlag.settle(contested, disabled))).toEqual(contested);
  expect(dwFlag.isEnabled(dwFlag.join(contested, dwFlag.settle(contested, contested)))).toBe(false);
  const enabled = dwFlag.enable(disabled, 'a');
  expect(dwFlag.join(enabled, dwFlag.settle(enabled, enabled))).toEqual(enabled);
});
