import { nodeId } from '@quorate/transport';
import { FaultyTransport } from '@quorate/transport/faulty';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom, systemClock } from '@quorate/transport/system';
import { afterEach, expect, test } from 'vitest';

import { soundMachine } from '../src/machine-faults.ts';
import { InjectedFaults, parseFaults } from '../src/injected-faults.ts';

const n2 = nodeId('n2');
const transport = new FaultyTransport(new MemoryNetwork().join(nodeId('n1')), {
  clock: systemClock,
  random: seededRandom(1),
});
const faults = new InjectedFaults(transport);

afterEach(() => {
  faults.set({ groups: [], rules: [], machine: soundMachine });
  expect(transport.rules).toEqual([]);
});

test('groups and rules become rules of the transport', () => {
  faults.set({
    groups: [['n1'], ['n3']],
    rules: [
      { kind: 'slow', peer: 'n2', latencyMs: 100, jitterMs: 50 },
      { kind: 'drop', peer: 'n2', share: 0.25 },
      { kind: 'duplicate', peer: 'n2', share: 0.5 },
      { kind: 'cut', peer: 'n2', direction: 'to' },
      { kind: 'cut', peer: 'n4', direction: 'from' },
    ],
    machine: soundMachine,
  });
  const link = { kind: 'disturb', from: ['n1'], to: ['n2'] };
  expect(transport.rules).toEqual([
    { kind: 'partition', groups: [['n1'], ['n3']] },
    { ...link, delayMs: { kind: 'uniform', minMs: 100, maxMs: 150 } },
    { ...link, lossRate: 0.25 },
    { ...link, duplicationRate: 0.5 },
    { kind: 'cut', from: ['n1'], to: ['n2'] },
    { kind: 'cut', from: ['n4'], to: ['n1'] },
  ]);
  // It cannot reach n2, and does not hear n4.
  expect(faults.blockedPeers).toEqual(['n3', 'n2']);
  expect(faults.isBlocked(n2)).toBe(true);
});

test('what is wrong with the machine is handed to who can make it so', () => {
  const told: unknown[] = [];
  const machine = { isDiskFull: true, syncDelayMs: 5, clockSkewMs: -10 };
  new InjectedFaults(transport, (made) => told.push(made)).set({ groups: [], rules: [], machine });
  expect(told).toEqual([machine]);
  expect(parseFaults(JSON.stringify({ machine }))).toEqual({ groups: [], rules: [], machine });
});

test('what the environment says wrongly is no fault', () => {
  const rules = [{ kind: 'drop', peer: 'n2', share: 1 }];
  expect(parseFaults(JSON.stringify({ rules }))).toEqual({
    groups: [],
    rules,
    machine: soundMachine,
  });
  const none = { groups: [], rules: [], machine: soundMachine };
  const wrong = ['', 'null', '{}', '{"rules":[{"kind":"drop","peer":"","share":1}]}'];
  for (const text of wrong) expect(parseFaults(text)).toEqual(none);
});
