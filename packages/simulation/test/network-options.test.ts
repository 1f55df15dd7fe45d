import { expect, test } from 'vitest';

import { type NetworkOptions, networkSettings } from '../src/network-options.ts';

test('what is left out is a calm network', () => {
  const { lossRate, duplicationRate, replayRate, ordering } = networkSettings();
  expect({ lossRate, duplicationRate, replayRate, ordering }).toEqual({
    lossRate: 0,
    duplicationRate: 0,
    replayRate: 0,
    ordering: 'none',
  });
});

test('a change leaves the rest as it was', () => {
  const before = networkSettings({ lossRate: 0.5, redialMs: 7 });
  expect(networkSettings({ lossRate: 0.1 }, before)).toEqual({ ...before, lossRate: 0.1 });
});

test('the largest number that JSON is sure of stands for no limit', () => {
  const limit = Number.MAX_SAFE_INTEGER;
  const settings = networkSettings({ bandwidthBytesPerSecond: limit, linkBufferBytes: limit });
  expect(settings.bandwidthBytesPerSecond).toBe(Infinity);
  expect(settings.linkBufferBytes).toBe(Infinity);
});

test.each<[NetworkOptions, string]>([
  [{ damageRate: 2 }, 'network.damageRate: expected 0..1, got 2'],
  [JSON.parse('{"damaged":"kept"}') as NetworkOptions, "network.damaged: expected 'lost' or"],
  [{ linkBufferBytes: 0 }, 'network.linkBufferBytes: expected 1..Infinity, got 0'],
  [
    { burstyLoss: { goodCountMean: 1, badCountMean: 5, goodLossRate: 0, badLossRate: 1 } },
    'network.burstyLoss.goodCountMean: expected 2..1000000, got 1',
  ],
  [{ lossRate: NaN }, 'network.lossRate: expected 0..1, got NaN'],
  [{ duplicationRate: -0.1 }, 'network.duplicationRate: expected 0..1, got -0.1'],
  [{ replayRate: 1.1 }, 'network.replayRate: expected 0..1, got 1.1'],
  [
    { ordering: 'session', replayRate: 0.1 },
    "network.replayRate: expected 0 with ordering 'session', got 0.1",
  ],
  [
    { ordering: 'session', duplicationRate: 0.1 },
    "network.duplicationRate: expected 0 with ordering 'session', got 0.1",
  ],
  [JSON.parse('{"ordering":"fifo"}') as NetworkOptions, "network.ordering: expected 'none' or"],
  [{ maxPayloadBytes: 1_199 }, 'network.maxPayloadBytes: expected 1200..1073741824, got 1199'],
  [
    { maxPayloadBytes: 5_000, maxQueueBytes: 5_000 },
    'network.maxQueueBytes: expected 5064..Infinity, got 5000',
  ],
  [{ highWaterBytes: 0 }, 'network.highWaterBytes: expected 1..Infinity, got 0'],
  [{ bandwidthBytesPerSecond: 0 }, 'network.bandwidthBytesPerSecond: expected 1..Infinity, got 0'],
  [{ downAfterMs: -1 }, 'network.downAfterMs: expected 0..9007199254740991, got -1'],
  [{ redialMs: Infinity }, 'network.redialMs: expected 0..9007199254740991, got Infinity'],
  [{ delay: { kind: 'constant', ms: NaN } }, 'network.delay.ms: expected a finite number'],
])('refuses %j', (options, message) => {
  expect(() => networkSettings(options)).toThrow(message);
});
