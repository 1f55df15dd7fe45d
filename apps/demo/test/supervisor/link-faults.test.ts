import { expect, test } from 'vitest';

import { type LinkFault, rulesOf, textOf } from '../../src/supervisor/link-faults.ts';

const links: readonly LinkFault[] = [
  { kind: 'slow', from: 'n1', to: 'n2', latencyMs: 100, jitterMs: 50 },
  { kind: 'drop', from: 'n2', to: 'n1', share: 0.2 },
  { kind: 'duplicate', from: 'n1', to: 'n3', share: 1 },
  { kind: 'cut', from: 'n1', to: 'n3' },
  { kind: 'cut', from: 'n1', to: 'n1' },
];

test('who sends loses, doubles and holds back; both ends cut', () => {
  expect(rulesOf(links, 'n1')).toEqual([
    { kind: 'slow', peer: 'n2', latencyMs: 100, jitterMs: 50 },
    { kind: 'duplicate', peer: 'n3', share: 1 },
    { kind: 'cut', peer: 'n3', direction: 'to' },
  ]);
  expect(rulesOf(links, 'n2')).toEqual([{ kind: 'drop', peer: 'n1', share: 0.2 }]);
  expect(rulesOf(links, 'n3')).toEqual([{ kind: 'cut', peer: 'n1', direction: 'from' }]);
});

test('a line says what is wrong', () => {
  expect(textOf(links.slice(0, 4))).toBe(
    'slow 100..150 ms n1→n2; drop 20 % n2→n1; duplicate 100 % n1→n3; cut n1→n3',
  );
});
