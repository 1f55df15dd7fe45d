import { expect, test } from 'vitest';

import { healthOf, lookOfHealth, phiAbout } from '../../../src/dashboard/cluster/links.ts';
import type { PeerHealth } from '../../../src/observe/node-status.ts';
import { nodeView } from '../../support/node-view.ts';

const health = (parts: Partial<PeerHealth>): PeerHealth => ({
  peer: 'n2',
  phi: 0,
  isSuspected: false,
  breakers: { ask: 'closed', hold: 'closed' },
  ...parts,
});

test.each([
  ['well', health({ phi: 1.9 })],
  ['doubt', health({ phi: 2 })],
  ['doubt', health({ phi: 2, breakers: { ask: 'halfOpen' } })],
  ['trial', health({ breakers: { ask: 'closed', hold: 'halfOpen' } })],
  ['refused', health({ breakers: { ask: 'open', hold: 'closed' } })],
  ['refused', health({ breakers: { ask: 'forcedOpen' } })],
  ['refused', health({ isSuspected: true })],
  ['unknown', undefined],
] as const)('a link looks %s', (look, said) => {
  expect(lookOfHealth(said)).toBe(look);
});

test('who is not live has no say', () => {
  const peers = [health({ phi: 9 })];
  expect(healthOf(nodeView('n1', { peers }), 'n2')?.phi).toBe(9);
  expect(healthOf(nodeView('n1', { peers, process: 'paused' }), 'n2')).toBeUndefined();
  expect(healthOf(nodeView('n1', { peers }), 'n3')).toBeUndefined();
});

test('the highest suspicion counts', () => {
  const of = (phi: number) => [health({ phi })];
  const nodes = [nodeView('n1', { peers: of(1) }), nodeView('n3', { peers: of(5) })];
  expect(phiAbout(nodes, 'n2')).toBe(5);
  expect(phiAbout(nodes, 'n1')).toBe(0);
});
