/*
 * What a monitor says, and what it makes of what it is told, word for word: it talks with a peer
 * that says what the test tells it to.
 */
import { Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { MonitorEvent } from '../../src/monitor/events.ts';
import { HeartbeatMonitor } from '../../src/monitor/heartbeat-monitor.ts';
import type { HeartbeatMonitorOptions } from '../../src/monitor/monitor-options.ts';
import { RecordingDetector } from '../support/fixed-detector.ts';
import { ScriptedPeer } from '../support/scripted-peer.ts';

const me = nodeId('me');
const p = nodeId('p');
const q = nodeId('q');
const TIMEOUT_MS = 3_000;

interface Scene {
  readonly simulation: Simulation;
  readonly monitor: HeartbeatMonitor;
  readonly events: MonitorEvent[];
  readonly kinds: () => readonly string[];
  readonly peer: ScriptedPeer;
  readonly other: ScriptedPeer;
}

async function sceneOf(options: Partial<HeartbeatMonitorOptions> = {}): Promise<Scene> {
  const simulation = new Simulation({ seed: 1, network: { delay: { kind: 'constant', ms: 1 } } });
  const peer = new ScriptedPeer(simulation, p);
  const other = new ScriptedPeer(simulation, q);
  const made: HeartbeatMonitor[] = [];
  const events: MonitorEvent[] = [];
  simulation.addNode(me, ({ transport, clock, random }) => {
    const detectorOf = (): RecordingDetector => new RecordingDetector(TIMEOUT_MS);
    const usual = { transport, clock, random, peers: [p], detectorOf };
    const monitor = new HeartbeatMonitor({ ...usual, ...options });
    monitor.subscribe((event) => events.push(event));
    made.push(monitor);
    return {};
  });
  await simulation.run(5);
  const [monitor] = made;
  if (monitor === undefined) throw new Error('expected a monitor');
  const kinds = (): readonly string[] => events.map(({ kind }) => kind);
  return { simulation, monitor, events, kinds, peer, other };
}

describe('heartbeats', () => {
  test('are numbered one by one, and say what was heard last', async () => {
    const { simulation, peer } = await sceneOf();
    await simulation.run(3_000);
    peer.beat(me, 41);
    await simulation.run(3_000);
    const beats = peer.of('heartbeat');
    const first = beats[0]?.sequence ?? 0;
    expect(beats.map(({ sequence }) => sequence - first)).toEqual([0, 1, 2, 3, 4, 5]);
    const nothing = undefined;
    const heard = { life: 77, sequence: 41 };
    expect(beats.map((beat) => beat.heard)).toEqual([
      ...[nothing, nothing, nothing, heard, heard, heard],
    ]);
    expect(new Set(beats.map(({ life }) => life)).size).toBe(1);
    expect(beats.every(({ intervalMs, silenceMs }) => intervalMs === 1_000 && silenceMs === 0));
  });

  test('of another interval than ours are judged by theirs', async () => {
    const intervals: number[] = [];
    const { simulation, monitor, peer } = await sceneOf({
      detectorOf: (intervalMs) => {
        intervals.push(intervalMs);
        return new RecordingDetector(3 * intervalMs);
      },
    });
    peer.beat(me, 1, { intervalMs: 20_000 });
    await simulation.run(59_000);
    expect(monitor.status(p)?.state).toBe('trusted');
    await simulation.run(2_000);
    expect(monitor.status(p)?.state).toBe('suspected');
    expect(intervals).toEqual([1_000, 20_000]);
  });

  test('that echo an earlier life of ours do not say that we are heard', async () => {
    const { simulation, monitor, peer } = await sceneOf();
    for (let beat = 1; beat <= 7; beat += 1) {
      peer.beat(me, beat, { heard: { life: 5, sequence: 2 ** 50 } });
      await simulation.run(1_000);
    }
    expect(monitor.status(p)).toMatchObject({ inbound: 'heard', outbound: 'lost' });
    const [last] = peer.of('heartbeat').slice(-1);
    if (last === undefined) throw new Error('expected a heartbeat');
    peer.beat(me, 8, { heard: { life: last.life, sequence: last.sequence } });
    await simulation.run(10);
    expect(monitor.status(p)).toMatchObject({ inbound: 'heard', outbound: 'heard' });
  });
});

describe('silence that is asked for', () => {
  test('is granted as far as this node allows', async () => {
    const { simulation, monitor, peer } = await sceneOf({ silenceMsMax: 10_000 });
    peer.beat(me, 1, { silenceMs: 80_000_000 });
    await simulation.run(10_000);
    expect(monitor.status(p)?.state).toBe('trusted');
    await simulation.run(2);
    expect(monitor.status(p)?.state).toBe('suspected');
  });

  test('is not granted at all by default', async () => {
    const { simulation, monitor, peer } = await sceneOf();
    peer.beat(me, 1, { silenceMs: 80_000_000 });
    peer.send(me, { kind: 'silence', sequence: 1, silenceMs: 80_000_000 });
    await simulation.run(TIMEOUT_MS + 2);
    expect(monitor.status(p)?.state).toBe('suspected');
  });

  test('counts if it was asked for since the last heartbeat, not before', async () => {
    const { simulation, monitor, peer } = await sceneOf({ silenceMsMax: 60_000 });
    peer.send(me, { kind: 'silence', sequence: 0, silenceMs: 60_000 });
    peer.beat(me, 7);
    await simulation.run(10);
    peer.send(me, { kind: 'silence', sequence: 6, silenceMs: 60_000 });
    await simulation.run(TIMEOUT_MS);
    expect(monitor.status(p)?.state).toBe('suspected');
    peer.beat(me, 11);
    await simulation.run(10);
    peer.send(me, { kind: 'silence', sequence: 11, silenceMs: 60_000 });
    await simulation.run(50_000);
    expect(monitor.status(p)?.state).toBe('trusted');
  });

  test('is asked for by a node that knows of it, and by one whose timers are late', async () => {
    const { simulation, monitor, peer } = await sceneOf({ profile: 'browser' });
    await simulation.run(20_000);
    monitor.expectSilence(100_000);
    await simulation.run(10);
    const lastSequence = peer.of('heartbeat').at(-1)?.sequence;
    expect(peer.of('silence')).toEqual([
      { kind: 'silence', sequence: lastSequence, silenceMs: 100_000 },
    ]);
    monitor.expectSilence(0);
    await simulation.run(10);
    expect(peer.of('silence').at(-1)?.silenceMs).toBe(0);

    simulation.inject({ kind: 'throttleTimers', node: me, everyMs: 60_000 });
    await simulation.run(200_000);
    const { silenceMs = 0 } = peer.of('heartbeat').at(-1) ?? {};
    expect(silenceMs).toBe(90_000);
  });
});

describe('probes', () => {
  const probing = { probeCount: 2, probeMs: 1_000, healthScoreMax: 0, peers: [p, q] };

  test('go to the silent one and to those who are trusted', async () => {
    const { simulation, monitor, peer, other } = await sceneOf(probing);
    peer.beat(me, 1);
    for (let beat = 1; beat <= 3; beat += 1) {
      other.beat(me, beat);
      await simulation.run(1_000);
    }
    await simulation.run(10);
    expect(other.of('probe').map(({ target }) => target)).toEqual([p]);
    expect(peer.of('ping')).toHaveLength(1);
    expect(peer.of('ping')[0]?.nonce).toBe(other.of('probe')[0]?.nonce);
    expect(monitor.status(p)?.state).toBe('trusted');
    await simulation.run(1_000);
    expect(monitor.status(p)?.state).toBe('suspected');
    // It is suspected now: nobody asks it about the other, who falls silent as well.
    await simulation.run(3_000);
    expect(monitor.status(q)?.state).toBe('suspected');
    expect(peer.of('probe')).toEqual([]);
  });

  test('are answered by helpers for others, whichever way it went', async () => {
    const { simulation, peer, other } = await sceneOf(probing);
    peer.send(me, { kind: 'probe', nonce: 123, target: q });
    await simulation.run(3);
    const [ping] = other.of('ping');
    expect(ping?.nonce).not.toBe(123);
    // Nobody else can answer for it.
    peer.send(me, { kind: 'pong', nonce: ping?.nonce ?? 0 });
    await simulation.run(3);
    expect(peer.of('answer')).toEqual([]);
    other.send(me, { kind: 'pong', nonce: ping?.nonce ?? 0 });
    await simulation.run(3);
    expect(peer.of('answer')).toEqual([{ kind: 'answer', nonce: 123, isAlive: true }]);
    peer.send(me, { kind: 'probe', nonce: 124, target: q });
    await simulation.run(490);
    expect(peer.of('answer')).toHaveLength(1);
    await simulation.run(20);
    expect(peer.of('answer')[1]).toEqual({ kind: 'answer', nonce: 124, isAlive: false });
  });

  test('are answered for as many as may ask at once, and no more', async () => {
    const { simulation, peer, other } = await sceneOf(probing);
    for (let nonce = 0; nonce < 3_000; nonce += 1) {
      peer.send(me, { kind: 'probe', nonce, target: q });
    }
    await simulation.run(100);
    expect(other.of('ping')).toHaveLength(1_024);
    await simulation.run(1_000);
    expect(peer.of('answer')).toHaveLength(1_024);
  });

  test('save the one who answers straight', async () => {
    const { simulation, monitor, peer } = await sceneOf({ ...probing, peers: [p] });
    peer.beat(me, 1);
    await simulation.run(TIMEOUT_MS + 5);
    peer.send(me, { kind: 'pong', nonce: peer.of('ping')[0]?.nonce ?? 0 });
    await simulation.run(TIMEOUT_MS - 10);
    expect(monitor.status(p)).toMatchObject({ state: 'trusted', inbound: 'heard' });
    expect(peer.of('ping')).toHaveLength(1);
  });

  test('are of no use to one who answers what it was not asked', async () => {
    const { simulation, monitor, peer, other } = await sceneOf(probing);
    peer.beat(me, 1);
    other.beat(me, 1);
    await simulation.run(TIMEOUT_MS + 100);
    const nonce = peer.of('ping')[0]?.nonce ?? 0;
    other.send(me, { kind: 'pong', nonce });
    other.send(me, { kind: 'answer', nonce: (nonce + 1) % 2 ** 32, isAlive: true });
    other.send(me, { kind: 'answer', nonce, isAlive: false });
    await simulation.run(1_000);
    expect(monitor.status(p)?.state).toBe('suspected');
  });
});

describe('our own health', () => {
  test('suffers when helpers do not answer, not when there are none', async () => {
    const probing = { probeCount: 2, probeMs: 300 };
    const alone = await sceneOf(probing);
    alone.peer.beat(me, 1);
    await alone.simulation.run(TIMEOUT_MS + 310);
    expect(alone.kinds()).toEqual(['trusted', 'suspected']);
    expect(alone.monitor.counters.healthScore).toBe(0);

    const scores: number[] = [];
    const { simulation, monitor, peer, other } = await sceneOf({ ...probing, peers: [p, q] });
    peer.beat(me, 1);
    await simulation.run(TIMEOUT_MS - 100);
    other.beat(me, 1);
    for (let step = 0; step < 60; step += 1) {
      await simulation.run(10);
      scores.push(monitor.counters.healthScore);
    }
    expect(Math.max(...scores)).toBe(1);
  });

  test('suffers when an accusation has to be taken back', async () => {
    const { simulation, monitor, peer, kinds } = await sceneOf();
    peer.beat(me, 1);
    await simulation.run(TIMEOUT_MS + 10);
    peer.beat(me, 5);
    await simulation.run(5);
    expect(kinds()).toEqual(['trusted', 'suspected', 'trusted']);
    expect(monitor.counters.healthScore).toBe(1);
    await simulation.run(1_000);
    expect(monitor.counters.healthScore).toBe(0);
  });
});
