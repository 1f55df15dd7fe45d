import { expect, test } from 'vitest';

import { bindingDecision } from '../src/binding-decision.ts';
import type { Admitted, Decision, Limited } from '../src/decision.ts';

const base = { policyName: 'p', limit: 9, resetAfterMs: 0 };
const admitted = (remaining: number, reason: Admitted['reason'] = 'withinLimit'): Decision => ({
  ...base,
  kind: 'admitted',
  reason,
  remaining,
});
const limited = (retryAfterMs: number): Limited => ({
  ...base,
  kind: 'limited',
  reason: 'limitReached',
  remaining: 0,
  retryAfterMs,
});

test('the longest wait binds, else the least that is left, and a watcher last', () => {
  expect(bindingDecision([admitted(0), limited(5), limited(7), limited(6)])).toEqual(limited(7));
  expect(bindingDecision([limited(5), limited(Infinity)])).toEqual(limited(Infinity));
  expect(bindingDecision([admitted(4), admitted(2), admitted(3)])).toEqual(admitted(2));
  expect(bindingDecision([admitted(0, 'shadow'), admitted(3)])).toEqual(admitted(3));
  expect(bindingDecision([admitted(3), admitted(0, 'shadow')])).toEqual(admitted(3));
  expect(bindingDecision([{ ...admitted(2), resetAfterMs: 5 }, admitted(2)]).resetAfterMs).toBe(5);
  expect(() => bindingDecision([])).toThrow(RangeError);
});
