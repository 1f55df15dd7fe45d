import { nodeId } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { monitorCodec } from '../../src/monitor/codec.ts';
import type { MonitorMessage } from '../../src/monitor/messages.ts';

const counts = fc.maxSafeNat();
const words = fc.nat(2 ** 32 - 1);
const silences = fc.nat(86_400_000);
const targets = fc.constantFrom('n1', '__proto__', '\u{1f40c}', 'x'.repeat(64)).map(nodeId);

const messages: fc.Arbitrary<MonitorMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('heartbeat' as const),
    sequence: counts,
    intervalMs: fc.integer({ min: 1, max: 86_400_000 }),
    silenceMs: silences,
    life: words,
    heard: fc.option(fc.record({ life: words, sequence: counts }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('silence' as const), sequence: counts, silenceMs: silences }),
  fc.record({ kind: fc.constant('probe' as const), nonce: words, target: targets }),
  fc.record({ kind: fc.constant('ping' as const), nonce: words }),
  fc.record({ kind: fc.constant('pong' as const), nonce: words }),
  fc.record({ kind: fc.constant('answer' as const), nonce: words, isAlive: fc.boolean() }),
);

describeCodec('monitorCodec', monitorCodec, messages);

describe('what is refused', () => {
  test.each([
    ['another version', [2, 4, 0, 0, 0, 0]],
    ['another kind', [1, 7, 0, 0, 0, 0]],
    ['an interval of 0', [1, 1, 5, 0, 0, 0, 0, 0, 0, 0]],
    ['an interval of more than a day', [1, 1, 5, 0x81, 0xb8, 0x99, 0x29, 0, 0, 0, 0, 0, 0]],
    ['a truth of 2', [1, 6, 0, 0, 0, 0, 2]],
    ['a target without a name', [1, 3, 0, 0, 0, 0, 0]],
    [
      'a name of more than 64 bytes',
      [1, 3, 0, 0, 0, 0, 65, ...Array.from({ length: 65 }, () => 120)],
    ],
    ['a length of 2^52', [1, 3, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 15]],
    ['nothing', []],
  ])('%s', (_what, bytes) => {
    expect(() => monitorCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
  });
});

test('a heartbeat takes a few dozen bytes', () => {
  const heard = { life: 2 ** 32 - 1, sequence: 2 ** 40 };
  const often = { intervalMs: 1_000, silenceMs: 0, life: 2 ** 32 - 1 };
  const bytes = monitorCodec.encode({ kind: 'heartbeat', sequence: 2 ** 40, ...often, heard });
  expect(bytes.length).toBe(26);
});
