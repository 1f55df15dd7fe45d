import { DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { broadcastCodec, keptCopy, stampedBody, stampedIn } from '../../src/broadcast/codec.ts';
import type { BroadcastMessage, StampedMessage } from '../../src/broadcast/messages.ts';

const counter = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 2 ** 53 - 1 }),
);
const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const id = fc.oneof(
  fc.constantFrom('__proto__@1', 'constructor@0', '@', 'é'.repeat(32), '😀@2'),
  fc.stringMatching(/^[a-z]{1,8}@[0-9]{1,3}$/),
);
const ids = (min: number): fc.Arbitrary<string[]> =>
  fc
    .uniqueArray(id, { minLength: min, maxLength: 6 })
    .map((each) => each.sort((left, right) => (left < right ? -1 : 1)));
const payload = fc.uint8Array({ maxLength: 40 });

const stamped: fc.Arbitrary<StampedMessage> = fc
  .record({ epoch: number, ids: ids(1), place: fc.nat(), below: fc.nat(), payload, first: counter })
  .chain(({ epoch, ids: all, place, below, payload: bytes }) =>
    fc.array(counter, { minLength: all.length, maxLength: all.length }).map((counters) => {
      const at = place % all.length;
      const stamp = { epoch, origin: all[at] ?? '', ids: all, counters };
      const stableCount = below % (counters[at] ?? 1);
      return stampedIn(stampedBody({ ...stamp, stableCount }, bytes));
    }),
  );

const entries = <Extra extends object>(
  extra: fc.Arbitrary<Extra>,
): fc.Arbitrary<readonly ({ readonly id: string } & Extra)[]> =>
  ids(0).chain((all) =>
    fc
      .array(extra, { minLength: all.length, maxLength: all.length })
      .map((each) => each.map((rest, index) => ({ id: all[index] ?? '', ...rest }))),
  );

const messages: fc.Arbitrary<BroadcastMessage> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), incarnation: number, stamped }),
  fc.record({
    ...{ kind: fc.constant('report' as const), incarnation: number, epoch: number },
    stableCount: number,
    entries: entries(fc.record({ delivered: number, holdsNext: fc.boolean() })),
  }),
  fc.record({
    ...{ kind: fc.constant('want' as const), incarnation: number },
    ranges: fc.array(fc.record({ origin: id, first: counter, count: counter }), { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('join' as const), incarnation: number, epoch: number }),
  fc.record({
    ...{ kind: fc.constant('welcome' as const), incarnation: number, epoch: number },
    entries: entries(
      fc.tuple(number, number).map(([left, right]) => ({
        delivered: Math.max(left, right),
        forgotten: Math.min(left, right),
      })),
    ),
    state: payload,
  }),
);

describeCodec('messages between members', broadcastCodec, messages, {
  exceptions: { K8: 'decoded payloads, bodies and states are views' },
});

describe('the body of a published message', () => {
  const stamp = {
    ...{ epoch: 3, origin: 'b@1', stableCount: 1 },
    ids: ['a@1', 'b@1', 'c@1'],
    counters: [7, 2, 0],
  };
  const body = stampedBody(stamp, Uint8Array.of(1, 2));

  test('leaves out members of whom nothing was delivered', () => {
    expect(stampedIn(body)).toMatchObject({
      ...{ epoch: 3, origin: 'b@1', stableCount: 1 },
      ...{ ids: ['a@1', 'b@1'], counters: [7, 2], payload: Uint8Array.of(1, 2) },
    });
  });

  test('is passed on as it came', () => {
    const message = { kind: 'data', incarnation: 9, stamped: stampedIn(body) } as const;
    const read = broadcastCodec.decode(broadcastCodec.encode(message));
    if (read.kind !== 'data') throw new Error('expected data');
    expect([...read.stamped.body]).toEqual([...body]);
  });

  test('is kept apart from the bytes that it came in', () => {
    const bytes = body.slice();
    const kept = keptCopy(stampedIn(bytes));
    bytes.fill(0);
    expect([...kept.payload]).toEqual([1, 2]);
    expect([...kept.body]).toEqual([...body]);
  });
});

describe('bytes that nobody of ours wrote', () => {
  test.each([
    ['another version', [2, 4, 0, 0], 'version: expected 1, got 2'],
    ['an unknown kind', [1, 6, 0, 0], 'kind: expected 1..5, got 6'],
    ['an origin that is no entry', [1, 1, 0, 1, 0, 1, 1, 97, 5, 1, 0], 'origin: expected one of 1'],
    [
      'more stable than published',
      [1, 1, 0, 1, 5, 1, 1, 97, 5, 0, 0],
      'stableCount: expected less',
    ],
    ['a counter of 0', [1, 1, 0, 1, 0, 1, 1, 97, 0, 0, 0], 'counter: expected at least 1, got 0'],
    [
      'ids in another order',
      [1, 2, 0, 1, 0, 2, 1, 98, 1, 0, 1, 97, 1, 0],
      'ids: expected ascending',
    ],
    ['an id without bytes', [1, 2, 0, 1, 0, 1, 0, 1, 0, 0], 'id: expected 1..64 bytes, got none'],
    ['a flag that is none', [1, 2, 0, 1, 0, 1, 1, 97, 1, 2], 'holdsNext: expected 0 or 1, got 2'],
    ['a range of nothing', [1, 3, 0, 1, 1, 97, 1, 0], 'count: expected at least 1, got 0'],
    [
      'more kept than delivered',
      [1, 5, 0, 1, 1, 1, 97, 1, 2, 0],
      'kept: expected at most 1, got 2',
    ],
    ['a claim of 2^28 entries', [1, 2, 0, 1, 0, 255, 255, 255, 127], 'count: expected items for 0'],
    ['a claim of a large payload', [1, 5, 0, 1, 0, 255, 255, 127], 'bytes: expected 2097151 more'],
  ])('%s', (_name, bytes, message) => {
    expect(() => broadcastCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
    expect(() => broadcastCodec.decode(Uint8Array.from(bytes))).toThrow(message);
  });

  test('a request for more ranges than anybody asks for is refused', () => {
    const ranges = Array.from({ length: 1_025 }, () => ({ origin: 'a', first: 1, count: 1 }));
    const bytes = broadcastCodec.encode({ kind: 'want', incarnation: 0, ranges });
    expect(() => broadcastCodec.decode(bytes)).toThrow('ranges: expected at most 1024, got 1025');
  });
});
