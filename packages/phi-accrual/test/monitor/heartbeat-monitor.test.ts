import { Simulation } from '@quorate/simulation';
import { nodeId, protocolName } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { HeartbeatMonitor } from '../../src/monitor/heartbeat-monitor.ts';
import type { HeartbeatMonitorOptions } from '../../src/monitor/monitor-options.ts';
import { profiles } from '../../src/monitor/profiles.ts';
import { namesOf, SimulatedMonitors } from '../support/monitors.ts';

const [n1, n2, n3] = namesOf(3) as [never, never, never];

/** Runs `use` on a node of its own, with what a monitor needs. */
async function onNode(use: (given: HeartbeatMonitorOptions) => void): Promise<Simulation> {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('me'), ({ transport, clock, random }) => {
    use({ transport, clock, random });
    return {};
  });
  await simulation.run(10);
  return simulation;
}

describe('a monitor', () => {
  test('knows whom it watches', async () => {
    await onNode((given) => {
      const monitor = new HeartbeatMonitor({ ...given, peers: [n1, n2] });
      expect(monitor.localId).toBe('me');
      expect(monitor.add(n2)).toBe(false);
      expect(monitor.add(n3)).toBe(true);
      expect(monitor.remove(n1)).toBe(true);
      expect(monitor.remove(n1)).toBe(false);
      expect(monitor.peers).toEqual([n2, n3]);
      expect(monitor.status(n1)).toBeUndefined();
      expect(monitor.status(n2)).toMatchObject({
        ...{ peer: n2, state: 'unheard', inbound: 'silent', outbound: 'unknown', incarnation: -1 },
      });
    });
  });

  test('does not watch itself', async () => {
    await onNode((given) => {
      const monitor = new HeartbeatMonitor(given);
      expect(() => monitor.add(monitor.localId)).toThrow(
        "peer: expected another node, got 'me', which is this one",
      );
      expect(monitor.peers).toEqual([]);
    });
  });

  test('of another protocol does not hear the first, and two of one are one too many', async () => {
    await onNode((given) => {
      const protocol = protocolName('phi-accrual/other');
      const first = new HeartbeatMonitor(given);
      expect(new HeartbeatMonitor({ ...given, protocol }).localId).toBe('me');
      expect(() => new HeartbeatMonitor(given)).toThrow(RangeError);
      first.close();
      expect(new HeartbeatMonitor(given).localId).toBe('me');
    });
  });

  test('ignores heartbeats of those whom it does not watch', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 3);
    await simulation.run(3_000);
    cluster.monitor(n1).remove(n2);
    await simulation.run(5_000);
    expect(cluster.monitor(n1).counters.receipts.unknownPeer).toBe(5);
    expect(cluster.monitor(n1).status(n2)).toBeUndefined();
    // It gets none from us any more, and finds out.
    expect(cluster.stateOf(n2, n1)).toBe('suspected');
  });

  test('counts messages that are none, and goes on', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2);
    await simulation.run(3_000);
    const transport = cluster.environments.get(n2)?.transport;
    for (const bytes of [[], [9], [1, 1, 255], [1, 6, 0, 0, 0, 0, 7]]) {
      transport?.send(n1, protocolName('phi-accrual'), Uint8Array.from(bytes));
    }
    await simulation.run(5_000);
    expect(cluster.monitor(n1).counters.malformedCount).toBe(4);
    expect(cluster.isAllTrusted).toBe(true);
  });

  test('sends and hears nothing after it was closed', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2);
    await simulation.run(3_000);
    const monitor = cluster.monitor(n1);
    monitor.close();
    monitor.close();
    const before = [monitor.counters, cluster.observations.length];
    monitor.observeTraffic(n2);
    monitor.expectSilence(1_000);
    await simulation.run(20_000);
    const own = cluster.observations.slice(Number(before[1])).filter(({ node }) => node === n1);
    expect([monitor.counters, own]).toEqual([before[0], []]);
    expect(() => monitor.add(n3)).toThrow(
      expect.objectContaining({ name: 'MonitorClosedError', code: 'PHI_ACCRUAL_CLOSED' }),
    );
    expect(cluster.stateOf(n2, n1)).toBe('suspected');
  });

  test('made again in the same process goes on where its numbers had got to', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2);
    await simulation.run(10_000);
    cluster.monitor(n1).close();
    const environment = cluster.environments.get(n1);
    if (environment === undefined) throw new Error('expected n1 to run');
    const { transport, clock, random } = environment;
    const again = new HeartbeatMonitor({
      transport,
      clock,
      random,
      peers: [n2],
      intervalMs: 5_000,
    });
    await simulation.run(30_000);
    const status = cluster.monitor(n2).status(n1);
    expect(status).toMatchObject({ state: 'trusted', outbound: 'heard', incarnation: 1 });
    expect(again.status(n2)).toMatchObject({ state: 'trusted', outbound: 'heard' });
    expect(cluster.monitor(n2).counters.receipts.late).toBe(0);
  });
});

describe('listeners', () => {
  test('that throw are reported and harm nobody', async () => {
    const errors: unknown[] = [];
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 3, {
      onError: (error) => errors.push(error),
    });
    await simulation.run(0);
    const heard: string[] = [];
    cluster.monitor(n1).subscribe(() => {
      throw new Error('mine');
    });
    const stop = cluster.monitor(n1).subscribe(({ kind }) => heard.push(kind));
    await simulation.run(5_000);
    expect(heard).toEqual(['trusted', 'trusted']);
    expect(errors).toEqual([new Error('mine'), new Error('mine')]);
    stop();
    simulation.crash(n2);
    await simulation.run(5_000);
    expect(heard).toHaveLength(2);
  });

  test('that throw are thrown where nobody catches it if nobody asked for that', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2);
    await simulation.run(0);
    cluster.monitor(n1).subscribe(() => {
      throw new Error('mine');
    });
    await expect(simulation.run(5_000)).rejects.toMatchObject({ cause: new Error('mine') });
  });

  test('may call the monitor back', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 3);
    await simulation.run(0);
    const monitor = cluster.monitor(n1);
    monitor.subscribe((event) => {
      if (event.kind !== 'trusted') return;
      monitor.remove(event.peer);
      monitor.add(event.peer);
    });
    await simulation.run(10_000);
    expect(cluster.observations.filter(({ node }) => node === n1).length).toBeGreaterThan(15);
    expect(monitor.peers).toHaveLength(2);
  });
});

describe('options', () => {
  test.each([
    [{ profile: 'moon' }, "profile: expected 'lan', 'wan' or 'browser', got 'moon'"],
    [{ profile: '__proto__' }, "profile: expected 'lan', 'wan' or 'browser', got '__proto__'"],
    [{ intervalMs: 0 }, 'intervalMs: expected an integer of 1..86400000, got 0'],
    [{ intervalMs: 0.5 }, 'intervalMs: expected an integer of 1..86400000, got 0.5'],
    [{ firstWithinMs: NaN }, 'firstWithinMs: expected more than 0, got NaN'],
    [{ pauseToleranceMs: -1 }, 'toleranceMs: expected at least 0, got -1'],
    [{ healthScoreMax: 9 }, 'scoreMax: expected an integer of 0..8, got 9'],
    [{ hysteresis: { holdMs: -1 } }, 'holdMs: expected at least 0, got -1'],
    [{ probeCount: 17 }, 'probeCount: expected an integer of 0..16, got 17'],
    [{ probeMs: 0 }, 'probeMs: expected more than 0, at most 86400000, got 0'],
    [{ suppressedMax: 101 }, 'suppressedMax: expected an integer of 0..100, got 101'],
    [{ outboundMissesMax: 1 }, 'outboundMissesMax: expected an integer of 2..1000, got 1'],
    [{ silenceMsMax: -1 }, 'silenceMsMax: expected an integer of 0..86400000, got -1'],
    [{ peersMax: 1, peers: [n1, n2] }, 'peers: expected at most 1, got one more'],
    [{ peers: [nodeId('me')] }, "peer: expected another node, got 'me', which is this one"],
  ])('%o are refused, and nothing is left behind', async (wrong, message) => {
    await onNode((given) => {
      const options = { ...given, ...wrong } as HeartbeatMonitorOptions;
      expect(() => new HeartbeatMonitor(options)).toThrow(new RangeError(message));
      expect(new HeartbeatMonitor(given).peers).toEqual([]);
    });
  });

  test.each([-1, NaN])('a silence of %d ms is refused', async (silenceMs) => {
    await onNode((given) => {
      expect(() => new HeartbeatMonitor(given).expectSilence(silenceMs)).toThrow(RangeError);
    });
  });

  test('that are undefined are those of the profile', async () => {
    await onNode((given) => {
      const undefinedOptions = { intervalMs: undefined, peersMax: undefined };
      const options = { ...given, ...undefinedOptions } as unknown as HeartbeatMonitorOptions;
      expect(new HeartbeatMonitor(options).peers).toEqual([]);
    });
  });

  test.each(Object.entries(profiles))('of profile %s fit together', (_name, profile) => {
    const marginMs = profile.intervalMs * 0.49 + (profile.detector.acceptablePauseMs ?? 0);
    expect(profile.pauseToleranceMs).toBeLessThan(marginMs);
  });
});
