/*
 * Goal: messages of others spare heartbeats without sparing the dead.
 *
 * Method: two nodes that talk all the time under another protocol, both through observed
 * transports. What is counted is messages of the monitor, and when a crash is found.
 */
import { type NodeEnvironment, seeds, Simulation } from '@quorate/simulation';
import { protocolName, type Transport } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { HeartbeatMonitor } from '../../src/monitor/heartbeat-monitor.ts';
import { observeTransport, type TrafficObserver } from '../../src/monitor/traffic.ts';
import { RecordingDetector } from '../support/fixed-detector.ts';
import { namesOf } from '../support/monitors.ts';

const replay = process.env['SEED'];
const [n1, n2] = namesOf(2) as [never, never];
const talk = protocolName('talk');
const INTERVAL_MS = 1_000;
const TIMEOUT_MS = 3_000;

interface Talker {
  readonly monitor: HeartbeatMonitor;
  readonly suspectedAtMs: number[];
  readonly events: string[];
}

/** Two nodes that send each other a message every `talkMs`, from 0 to `untilMs`. */
function talkersOf(simulation: Simulation, suppressedMax: number, talkMs: number): Talker[] {
  const start = (environment: NodeEnvironment): Talker => {
    const { transport, clock, random, nodeId } = environment;
    const peers = [n1, n2].filter((id) => id !== nodeId);
    const detectorOf = (): RecordingDetector => new RecordingDetector(TIMEOUT_MS);
    const own = { peers, suppressedMax, detectorOf, intervalMs: INTERVAL_MS };
    const monitor = new HeartbeatMonitor({ ...own, transport, clock, random });
    const suspectedAtMs: number[] = [];
    const events: string[] = [];
    monitor.subscribe(({ kind }) => {
      events.push(kind);
      if (kind === 'suspected') suspectedAtMs.push(simulation.nowMs);
    });
    const observed = observeTransport(transport, monitor);
    observed.subscribe(talk, () => undefined);
    const turn = (): void => {
      clock.setTimer(talkMs, turn);
      for (const peer of peers) observed.send(peer, talk, Uint8Array.of(1));
    };
    clock.setTimer(talkMs, turn);
    return { monitor, suspectedAtMs, events };
  };
  const talkers: Talker[] = [];
  for (const id of [n1, n2]) {
    simulation.addNode(id, (environment) => {
      talkers.push(start(environment));
      return {};
    });
  }
  return talkers;
}

describe('heartbeats among other messages', () => {
  test.each(seeds(replay, 5))('are left out, four of five (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const talkers = talkersOf(simulation, 4, 300);
    await simulation.run(100_000);
    for (const { monitor, suspectedAtMs } of talkers) {
      const { sentCount, suppressedCount } = monitor.counters;
      expect(sentCount + suppressedCount).toBe(100);
      expect(sentCount).toBeGreaterThanOrEqual(20);
      // Until it is known that the first was heard, none is left out.
      expect(sentCount).toBeLessThanOrEqual(24);
      expect(suspectedAtMs).toEqual([]);
    }
    expect(talkers[0]?.monitor.status(n2)).toMatchObject({ inbound: 'heard', outbound: 'heard' });
  });

  test('may be left out for longer than a lost way takes to be noticed', async () => {
    const simulation = new Simulation({ seed: 1 });
    const talkers = talkersOf(simulation, 20, 300);
    await simulation.run(100_000);
    const kinds = talkers.flatMap(({ events }) => events);
    expect(kinds).toEqual(['trusted', 'trusted']);
  });

  test.each(seeds(replay, 5))('do not hide a crash (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed });
    const talkers = talkersOf(simulation, 4, 300);
    await simulation.run(30_000 + 97 * seed);
    const crashedMs = simulation.nowMs;
    simulation.crash(n2);
    await simulation.run(10_000);
    const [atMs = Infinity] = talkers[0]?.suspectedAtMs ?? [];
    expect(atMs - crashedMs).toBeGreaterThan(TIMEOUT_MS - 310);
    expect(atMs - crashedMs).toBeLessThan(TIMEOUT_MS + 10);
  });

  test('are all sent where nobody asked to leave any out', async () => {
    const simulation = new Simulation({ seed: 1 });
    const talkers = talkersOf(simulation, 0, 300);
    await simulation.run(50_000);
    expect(talkers[0]?.monitor.counters).toMatchObject({ sentCount: 50, suppressedCount: 0 });
  });

  test('are sent when the other messages stop', async () => {
    const simulation = new Simulation({ seed: 1 });
    const talkers = talkersOf(simulation, 100, 1e9);
    await simulation.run(50_000);
    expect(talkers[0]?.monitor.counters).toMatchObject({ sentCount: 50, suppressedCount: 0 });
  });
});

describe('an observed transport', () => {
  test('is the transport, but for what the observer is told', async () => {
    const told: string[] = [];
    const observer: TrafficObserver = {
      observeTraffic: (peer) => told.push(`from ${peer}`),
      noteSent: (peer) => told.push(`to ${peer}`),
    };
    const simulation = new Simulation({ seed: 1 });
    const transports: Transport[] = [];
    const heard: number[] = [];
    for (const id of [n1, n2]) {
      simulation.addNode(id, ({ transport }) => {
        const observed = observeTransport(transport, observer);
        transports.push(observed);
        observed.subscribe(talk, ({ payload }) => heard.push(payload[0] ?? 0));
        return {};
      });
    }
    await simulation.run(100);
    const [first] = transports;
    expect(first?.localId).toBe(n1);
    expect(first?.capabilities.ordering).toBe('none');
    expect(first?.send(n2, talk, Uint8Array.of(7))).toBe('accepted');
    expect(first?.send('nobody' as never, talk, Uint8Array.of(8))).toBe('dropped');
    await simulation.run(100);
    expect(heard).toEqual([7]);
    expect(told).toEqual(['to n2', 'from n1']);
    const stop = first?.observePeers(() => undefined);
    stop?.();
    await first?.close();
    expect(first?.send(n2, talk, Uint8Array.of(9))).toBe('dropped');
  });
});
