import { Simulation } from '@quorate/simulation';
import { describe, expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import { explain } from '../../src/explain.ts';
import { explanationOf } from '../../src/monitor/explanation.ts';
import type { MonitoredPeer } from '../../src/monitor/monitor-status.ts';
import { namesOf, SimulatedMonitors } from '../support/monitors.ts';

const [n1, n2, n3] = namesOf(3) as [never, never, never];

describe('explanationOf', () => {
  const trusted: MonitoredPeer = {
    ...{ peer: n1, state: 'trusted', sinceMs: 1_000, incarnation: 1, isVouched: false },
    ...{ suspicion: 0.456, threshold: 8, suspectAtMs: 11_500, silentMs: 900, flapCount: 0 },
    ...{ inbound: 'heard', outbound: 'heard' },
  };
  const heartbeats = explain(createDetector({ kind: 'fixed', intervalMs: 1, timeoutMs: 1 }), 0);
  const aside = 'By its heartbeats alone: Unknown: no heartbeat has arrived yet.';

  test('says what is thought, since when, and until when', () => {
    expect(explanationOf(trusted, heartbeats, 10_900).sentences).toEqual([
      'n1 is trusted for 9.900 s: silent for 0.900 s, suspicion 0.46 of 8, ' +
        'suspected in 0.600 s if nothing comes.',
      aside,
    ]);
  });

  test('says what is wrong with the ways, and that it flaps', () => {
    const odd = { ...trusted, inbound: 'throughOthers', outbound: 'lost', flapCount: 2 } as const;
    expect(explanationOf(odd, heartbeats, 10_900).sentences.slice(2)).toEqual([
      'Only others hear it: messages from it do not reach this node.',
      'It says that it does not hear this node: messages to it do not arrive.',
      'It was suspected and trusted again 2 times not long ago.',
    ]);
    const once = { ...trusted, flapCount: 1 };
    expect(explanationOf(once, heartbeats, 10_900).sentences[2]).toContain('again once');
  });

  test('says how late it is, and that one was never heard', () => {
    const suspected = { ...trusted, state: 'suspected', suspicion: 10, sinceMs: 12_000 } as const;
    expect(explanationOf(suspected, heartbeats, 13_000).sentences).toEqual([
      'n1 is suspected for 1.000 s: silent for 0.900 s, suspicion 10 of 8.',
      aside,
    ]);
    const unheard = { ...trusted, state: 'unheard', suspectAtMs: Infinity } as const;
    expect(explanationOf(unheard, heartbeats, 0).sentences).toEqual([
      'n1 was never heard; it has any time left for that.',
      aside,
    ]);
  });
});

test('a monitor explains each of its peers, and nobody else', async () => {
  const simulation = new Simulation({ seed: 1 });
  const cluster = new SimulatedMonitors(simulation, 3);
  await simulation.run(30_000);
  simulation.crash(n2);
  await simulation.run(10_000);
  const monitor = cluster.monitor(n1);
  expect(monitor.explain(n2)?.sentences[0]).toMatch(/^n2 is suspected for 8\.\d+ s: silent for/);
  expect(monitor.explain(n2)?.detector).toMatchObject({ verdict: 'suspected', kind: 'normal' });
  expect(monitor.explain(n2)?.sentences[1]).toMatch(/^By its heartbeats alone: Suspected: the/);
  expect(monitor.explain(n3)?.sentences[0]).toMatch(/^n3 is trusted for/);
  expect(monitor.explain(n1)).toBeUndefined();
});
