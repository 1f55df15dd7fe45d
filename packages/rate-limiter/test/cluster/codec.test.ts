import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { clusterReplyCodec, clusterRequestCodec } from '../../src/cluster/codec.ts';
import type { ClusterReply, ClusterRequest } from '../../src/cluster/messages.ts';
import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../../src/policy.ts';

const cost = fc.integer({ min: 0, max: 2 ** 30 });
const timeMs = fc.integer({ min: 0, max: 2 ** 49 }).map((micros) => micros / 1_000);
const hostile = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '',
  '\u0000',
  '\ud800',
  '😀',
);
const key = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 40 }));
const base = fc.record({
  name: fc.stringMatching(/^[ -~]{1,64}$/),
  limit: fc.integer({ min: 1, max: 10_000 }),
  windowMs: fc.integer({ min: 1, max: 86_400_000 }),
});
const policy: fc.Arbitrary<RatePolicy> = fc.oneof(
  base.map(gcra),
  base.map((each) => tokenBucket({ ...each, burst: 3 })),
  base.map(fixedWindow),
  base.map((each) => fixedWindow({ ...each, anchor: 'firstRequest' })),
  base.map(slidingWindowLog),
  base.map(slidingWindowCounter),
);
const about = { key, policy };
const returned = fc.record({ leaseId: fc.maxSafeNat(), cost });
const requests: fc.Arbitrary<ClusterRequest> = fc.oneof(
  fc
    .record({ ...about, needed: cost, more: cost, headroom: cost, returned: fc.option(returned) })
    .map(({ more, ...each }) => ({
      ...each,
      kind: 'lease' as const,
      wanted: Math.min(2 ** 31 - 1, each.needed + more),
      returned: each.returned ?? undefined,
    })),
  fc.record({ kind: fc.constant('giveBack' as const), ...about, cost, ageMs: timeMs }),
  fc.record({ kind: fc.constant('block' as const), ...about, durationMs: timeMs }),
  fc.record({ kind: fc.constant('reset' as const), ...about }),
);
const state = { remaining: cost, resetAfterMs: timeMs };
const replies: fc.Arbitrary<ClusterReply> = fc.oneof(
  fc.record({
    kind: fc.constant('granted' as const),
    leaseId: fc.maxSafeNat(),
    cost,
    leaseMs: timeMs,
    ...state,
  }),
  fc.record({
    kind: fc.constant('limited' as const),
    reason: fc.constantFrom('limitReached', 'costAboveLimit', 'blocked'),
    retryAfterMs: fc.oneof(timeMs, fc.constant(Infinity)),
    ...state,
  }),
  fc.constantFrom({ kind: 'notOwner' } as const, { kind: 'done' } as const),
);

describeCodec('requests to owners', clusterRequestCodec, requests);
describeCodec('answers of owners', clusterReplyCodec, replies);

describe('bytes that nobody of ours wrote', () => {
  const request: ClusterRequest = {
    kind: 'lease',
    key: 'k',
    policy: gcra({ limit: 5, windowMs: 1_000 }),
    needed: 1,
    wanted: 2,
    headroom: 0,
    returned: undefined,
  };
  const bytes = clusterRequestCodec.encode(request);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };

  test.each([
    ['another version', 0, 2, /^version: expected 1, got 2/],
    ['an unknown kind', 1, 9, /^kind: expected that of a request, got 9/],
    ['an unknown way to write keys', 2, 2, /^key: expected 0 or 1, got 2/],
    ['an unknown policy', 5, 5, /^policy: expected 0..4, got 5/],
    ['a limit of nothing', 14, 0, /^policy: expected a valid one/],
  ])('%s', (_name, at, value, message) => {
    expect(() => clusterRequestCodec.decode(changed(at, value))).toThrow(DecodeError);
    expect(() => clusterRequestCodec.decode(changed(at, value))).toThrow(message);
  });

  test('a key that claims to be larger than all bytes is refused before it is read', () => {
    const claim = Uint8Array.of(1, 1, 1, 0xff, 0xff, 0xff, 0x7f);
    expect(() => clusterRequestCodec.decode(claim)).toThrow(DecodeError);
  });

  test.each(['x'.repeat(10_241), 'ü'.repeat(10_241)])('a key is too long', (long) => {
    const written = clusterRequestCodec.encode({ ...request, key: long });
    expect(() => clusterRequestCodec.decode(written)).toThrow('key: expected at most 10240');
  });

  test('keys that UTF-8 cannot tell apart stay apart', () => {
    const keys = ['\ud800', '\udbff', '\ufffd'].map(
      (each) =>
        clusterRequestCodec.decode(clusterRequestCodec.encode({ ...request, key: each })).key,
    );
    expect(keys).toEqual(['\ud800', '\udbff', '\ufffd']);
  });

  test('times are rounded up, never down', () => {
    const reply = clusterReplyCodec.decode(
      clusterReplyCodec.encode({
        kind: 'limited',
        reason: 'limitReached',
        retryAfterMs: 0.000_1,
        remaining: 0,
        resetAfterMs: 1 / 3,
      }),
    );
    expect(reply).toMatchObject({ retryAfterMs: 0.001, resetAfterMs: 0.334 });
  });
});
