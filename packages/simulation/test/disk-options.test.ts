import { expect, test } from 'vitest';

import { type DiskOptions, diskSettings } from '../src/disk-options.ts';

test('what is left out is a healthy disk without a limit', () => {
  const { capacityBytes, syncFailureRate, readFailureRate } = diskSettings();
  expect([capacityBytes, syncFailureRate, readFailureRate]).toEqual([Infinity, 0, 0]);
});

test.each<[DiskOptions, string]>([
  [{ tornRate: 2 }, 'disk.tornRate: expected 0..1, got 2'],
  [{ olderRate: -0.1 }, 'disk.olderRate: expected 0..1, got -0.1'],
  [{ noiseRate: 1.1 }, 'disk.noiseRate: expected 0..1, got 1.1'],
  [{ nameSurvivalRate: -1 }, 'disk.nameSurvivalRate: expected 0..1, got -1'],
  [{ syncFailureRate: NaN }, 'disk.syncFailureRate: expected 0..1, got NaN'],
  [{ readFailureRate: Infinity }, 'disk.readFailureRate: expected 0..1, got Infinity'],
  [{ capacityBytes: NaN }, 'disk.capacityBytes: expected at least 0, got NaN'],
  [{ latency: { kind: 'constant', ms: -1 } }, 'disk.latency.ms: expected a finite number'],
  [{ syncLatency: { kind: 'trace', samplesMs: [] } }, 'disk.syncLatency.samplesMs: expected'],
])('refuses %j', (options, message) => {
  expect(() => diskSettings(options)).toThrow(message);
});
