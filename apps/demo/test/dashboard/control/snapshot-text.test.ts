import { expect, test } from 'vitest';

import { snapshotText } from '../../../src/dashboard/control/snapshot-text.ts';

const at = { lastApplied: 40, firstLogIndex: 12 };

test.each([
  ['begun', 'A snapshot of n1 is being written, up to entry 40; the log begins at 12.'],
  ['underWay', 'A snapshot of n1 is being written already, up to entry 40; the log begins at 12.'],
])('%s', (outcome, text) => {
  expect(snapshotText('n1', { outcome, ...at })).toBe(text);
});

test('says that nothing new is to be in one', () => {
  expect(snapshotText('n1', { outcome: 'nothingNew', ...at })).toContain('is not needed');
});

test('says what it does not know as it came', () => {
  expect(snapshotText('n1', { outcome: 'postponed', ...at })).toContain('n1 postponed');
});
