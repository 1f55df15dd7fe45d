import { expect, test } from 'vitest';

import { createDetector } from '../src/create-detector.ts';
import { HeartbeatDetector } from '../src/heartbeat-detector.ts';
import { FixedJudge } from '../src/models/fixed.ts';

function detector(): HeartbeatDetector {
  return new HeartbeatDetector(new FixedJudge({ intervalMs: 100, timeoutMs: 150 }));
}

test('says by what it judges', () => {
  expect(detector()).toMatchObject({ kind: 'fixed', threshold: 150, suspectAtMs: Infinity });
});

test('starts with any number and any time', () => {
  const late = detector();
  late.heartbeat(Number.MAX_SAFE_INTEGER, -5);
  expect(late.suspectAtMs).toBe(145);
  expect(late.suspicion(0)).toBe(5);
});

test('takes a time before the last heartbeat for that time', () => {
  const peer = detector();
  peer.heartbeat(0, 1_000);
  expect([peer.suspicion(0), peer.suspicion(1_010)]).toEqual([0, 10]);
});

test('knows the last heartbeat, learned from or not', () => {
  const peer = detector();
  peer.heartbeat(3, 1_000);
  expect(peer.estimate()).toMatchObject({ lastSequence: 3, lastArrivedAtMs: 1_000 });
  peer.witness(8, 1_000);
  expect(peer.estimate()).toMatchObject({ lastSequence: 8, lastArrivedAtMs: 1_000 });
});

test('learns from a heartbeat, and from a witness nothing', () => {
  const peer = createDetector({ kind: 'chen', intervalMs: 100, marginMs: 50 });
  peer.heartbeat(1, 100);
  peer.witness(2, 230);
  expect(peer.estimate()).toMatchObject({ sampleCount: 1, expectedAtMs: 300 });
  peer.heartbeat(3, 330);
  expect(peer.estimate()).toMatchObject({ sampleCount: 2, expectedAtMs: 415 });
});

test('takes any number again after reset', () => {
  const peer = detector();
  peer.heartbeat(7, 1_000);
  peer.reset();
  peer.heartbeat(0, 10);
  expect(peer.suspectAtMs).toBe(160);
});
