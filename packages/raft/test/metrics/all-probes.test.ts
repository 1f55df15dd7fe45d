import { expect, test } from 'vitest';

import { allProbes } from '../../src/metrics/all-probes.ts';
import { a } from '../support/lone-node.ts';

test('every probe is told everything that it asks for, in order', () => {
  const told: string[] = [];
  const probe = allProbes(
    { onInput: ({ kind }) => told.push(`first ${kind}`) },
    { onInput: ({ kind }) => told.push(`second ${kind}`), onEffect: () => told.push('effect') },
  );
  probe.onInput?.({ kind: 'tick' });
  probe.onEffect?.({ kind: 'recovered', fetchedCount: 0 });
  probe.onSent?.(a, { kind: 'timeoutNow', term: 1 }, 4, 'accepted');
  expect(told).toEqual(['first tick', 'second tick', 'effect']);
});
