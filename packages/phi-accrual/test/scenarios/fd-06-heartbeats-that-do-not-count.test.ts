/*
 * What goes wrong elsewhere: a heartbeat is any message of the peer. One that was held up, came
 * twice, or is from a life that has ended, proves a peer alive that is dead, and a copy soon after
 * the original teaches that heartbeats come twice as often.
 */
import { seeds, Simulation } from '@quorate/simulation';
import { protocolName } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { monitorCodec } from '../../src/monitor/codec.ts';
import type { Heartbeat } from '../../src/monitor/messages.ts';
import { RecordingDetector } from '../support/fixed-detector.ts';
import { namesOf, SimulatedMonitors } from '../support/monitors.ts';

const replay = process.env['SEED'];
const [n1, n2] = namesOf(2) as [never, never];
const TIMEOUT_MS = 3_000;
const protocol = protocolName('phi-accrual');

describe('a network that repeats and reorders everything, up to half a minute later', () => {
  const network = { duplicationRate: 0.5, replayRate: 1, replayDelayMs: 30_000 };
  const delay = { kind: 'uniform', minMs: 1, maxMs: 1_500 } as const;

  test.each(seeds(replay, 5))('keeps no dead peer alive (SEED=%i)', async (seed) => {
    const simulation = new Simulation({ seed, network: { ...network, delay } });
    const detectorOf = (): RecordingDetector => new RecordingDetector(TIMEOUT_MS);
    const cluster = new SimulatedMonitors(simulation, 2, { detectorOf });
    await simulation.run(60_000);
    expect(cluster.suspicions()).toEqual([]);
    simulation.crash(n2);
    const crashedMs = simulation.nowMs;
    await simulation.run(40_000);
    const afterMs = (cluster.suspectedAtMs(n1, n2, crashedMs) ?? Infinity) - crashedMs;
    expect(afterMs).toBeLessThanOrEqual(TIMEOUT_MS + 1_500);
    expect(cluster.stateOf(n1, n2)).toBe('suspected');
    const { receipts } = cluster.monitor(n1).counters;
    expect(receipts.duplicate + receipts.late).toBeGreaterThan(60);
  });

  test.each(seeds(replay, 5))('teaches no detector any of it (SEED=%i)', async (seed) => {
    const detectors: RecordingDetector[] = [];
    const simulation = new Simulation({ seed, network: { ...network, delay } });
    const cluster = new SimulatedMonitors(simulation, 2, {
      detectorOf: () => {
        const detector = new RecordingDetector(TIMEOUT_MS);
        detectors.push(detector);
        return detector;
      },
    });
    await simulation.run(120_000);
    expect(cluster.isAllTrusted).toBe(true);
    for (const { told } of detectors) {
      const sequences = told.flatMap((each) => (each === 'reset' ? [] : [each[1]]));
      expect(sequences.length).toBeGreaterThan(60);
      expect(sequences).toEqual([...new Set(sequences)].toSorted((one, other) => one - other));
    }
  });

  test.each(seeds(replay, 5))('mixes no two lives of a peer (SEED=%i)', async (seed) => {
    const detectors: RecordingDetector[] = [];
    const simulation = new Simulation({ seed, network });
    const cluster = new SimulatedMonitors(simulation, 2, (id) => ({
      detectorOf: () => {
        const detector = new RecordingDetector(TIMEOUT_MS);
        if (id === n1) detectors.push(detector);
        return detector;
      },
    }));
    for (let life = 1; life <= 5; life += 1) {
      await simulation.run(10_000);
      simulation.crash(n2);
      await simulation.run(500);
      simulation.restart(n2);
    }
    await simulation.run(40_000);
    const resets = detectors[0]?.told.filter((each) => each === 'reset');
    const restarts = cluster.observations.filter(
      ({ node, event }) => node === n1 && event.kind === 'restarted',
    );
    expect(resets).toHaveLength(5);
    expect(restarts.map(({ event }) => 'incarnation' in event && event.incarnation)).toEqual([
      ...[2, 3, 4, 5, 6],
    ]);
  });
});

describe('heartbeats from before, byte for byte', () => {
  // The transport refuses those of an earlier life itself; a monitor does not rely on it.
  test('are counted as what they are', async () => {
    const simulation = new Simulation({ seed: 1 });
    const cluster = new SimulatedMonitors(simulation, 2);
    await simulation.run(10_000);
    const before = cluster.monitor(n1).counters.receipts;
    const transport = cluster.environments.get(n2)?.transport;
    const heard = cluster.monitor(n1).status(n2);
    const beat = { kind: 'heartbeat', intervalMs: 1_000, silenceMs: 0, life: 1 } as const;
    const send = (heartbeat: Heartbeat): void => {
      transport?.send(n1, protocol, monitorCodec.encode(heartbeat));
    };
    const newest = Math.floor((cluster.environments.get(n2)?.clock.nowMs() ?? 0) / 1_000) + 1;
    send({ ...beat, sequence: newest, heard: undefined });
    await simulation.run(10);
    send({ ...beat, sequence: newest, heard: undefined });
    send({ ...beat, sequence: newest - 5, heard: undefined });
    send({ ...beat, sequence: 0, heard: undefined });
    await simulation.run(10);
    const after = cluster.monitor(n1).counters.receipts;
    expect(after.learned - before.learned).toBe(1);
    expect(after.duplicate - before.duplicate).toBe(1);
    expect(after.late - before.late).toBe(2);
    expect(cluster.monitor(n1).status(n2)?.state).toBe(heard?.state);
  });
});
