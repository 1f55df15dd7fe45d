import { describe, expect, test } from 'vitest';

import { sessionSettings, type SessionOptions } from '../src/session-options.ts';

describe('session options', () => {
  test('have the defaults that their comments state', () => {
    expect(sessionSettings({})).toEqual({
      payloadBytesMax: 1_048_576,
      queueBytesMax: 4_194_304,
      highWaterBytes: 1_048_576,
      beatMs: 1_000,
      silenceMsMax: 5_000,
      handshakeMsMax: 5_000,
      redialMsMin: 100,
      redialMsMax: 10_000,
      peerCountMax: 1_024,
      handshakeCountMax: 128,
    });
  });

  test('that follow from others follow them', () => {
    expect(sessionSettings({ maxPayloadBytes: 2 ** 24 }).queueBytesMax).toBe(2 ** 26);
    expect(sessionSettings({ beatMs: 3_000 }).silenceMsMax).toBe(15_000);
    expect(sessionSettings({ redialMsMin: 20_000 }).redialMsMax).toBe(20_000);
  });

  test.each<[keyof SessionOptions, number]>([
    ['maxPayloadBytes', 1_199],
    ['maxPayloadBytes', 2 ** 30 + 1],
    ['maxPayloadBytes', 1_500.5],
    ['maxPayloadBytes', Number.NaN],
    ['maxQueueBytes', 2 ** 20],
    ['maxQueueBytes', 2 ** 53],
    ['highWaterBytes', 0],
    ['highWaterBytes', 2 ** 23],
    ['beatMs', 0],
    ['beatMs', Number.NaN],
    ['silenceMs', 1_999],
    ['silenceMs', 2 ** 31],
    ['handshakeMs', 0],
    ['redialMsMin', -1],
    ['redialMsMax', 99],
    ['peerCountMax', 0],
    ['handshakeCountMax', 0.5],
  ])('refuse %s of %d', (name, value) => {
    expect(() => sessionSettings({ [name]: value })).toThrow(RangeError);
    expect(() => sessionSettings({ [name]: value })).toThrow(`${name}: expected`);
  });
});
