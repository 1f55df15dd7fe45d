import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { reconcileReplyCodec, reconcileRequestCodec } from '../../src/reconciliation/codec.ts';
import type { ReconcileReply, ReconcileRequest } from '../../src/reconciliation/messages.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const signed = fc.array(fc.integer(), { maxLength: 20 }).map((words) => Int32Array.from(words));
const session = word;
const items = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 });
const count = fc.integer({ min: 0, max: 2 ** 30 });
const parts = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.nat())
  .map(([bits, part]) => ({ partCount: 2 ** bits, part: part % 2 ** bits }));

const requests: fc.Arbitrary<ReconcileRequest> = fc.oneof(
  fc.record({ kind: fc.constant('open' as const), session, seed: word, symbolCount: count }),
  fc
    .record({ kind: fc.constant('symbols' as const), session, start: count, more: count })
    .map(({ more, ...each }) => ({ ...each, end: each.start + more })),
  fc.tuple(parts, session).map(([part, id]) => ({ kind: 'filter' as const, session: id, ...part })),
  fc.tuple(parts, session, count, signed).map(([part, id, skip, filter]) => ({
    kind: 'absent' as const,
    session: id,
    ...part,
    skip,
    filter,
  })),
  fc.tuple(session, fc.array(fc.tuple(word, word), { maxLength: 6 })).map(([id, pairs]) => ({
    kind: 'fetch' as const,
    session: id,
    hashes: pairs.flat(),
  })),
  items.map((each) => ({ kind: 'push' as const, items: each })),
  fc.record({ kind: fc.constant('close' as const), session }),
);

const symbol = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.nat(1_000));
const replies: fc.Arbitrary<ReconcileReply> = fc.oneof(
  fc
    .tuple(fc.array(symbol, { maxLength: 6 }), count, fc.integer({ min: 1_000, max: 2 ** 30 }))
    .map(([symbols, start, elementCount]) => ({
      kind: 'symbols' as const,
      elementCount,
      start,
      symbols: Int32Array.from(symbols.flat()),
    })),
  fc.record({ kind: fc.constant('items' as const), items, leftCount: count }),
  signed.map((filter) => ({ kind: 'filter' as const, filter })),
  fc.constant({ kind: 'done' as const }),
  fc.constant({ kind: 'unknownSession' as const }),
);

describeCodec('requests of reconcilers', reconcileRequestCodec, requests);
describeCodec('replies of reconcilers', reconcileReplyCodec, replies);

describe('a message', () => {
  test.each([
    ['of another version', [2, 7, 0, 0, 0, 1], 'version: expected 1, got 2'],
    ['of no kind', [1, 99, 0, 0, 0, 1], 'kind: expected that of a request, got 99'],
    ['with a part beyond the last', [1, 3, 0, 0, 0, 1, 4, 4], 'part: expected less than 4, got 4'],
    ['with three parts', [1, 3, 0, 0, 0, 1, 3, 0], 'partCount: expected a power of 2, got 3'],
    ['with no part', [1, 3, 0, 0, 0, 1, 0, 0], 'part: expected less than 0, got 0'],
    [
      'with an end before its start',
      [1, 2, 0, 0, 0, 1, 5, 4],
      'symbols: expected start <= end, got 5, 4',
    ],
  ])('%s is refused', (_what, bytes, message) => {
    expect(() => reconcileRequestCodec.decode(Uint8Array.from(bytes))).toThrow(
      new DecodeError(message),
    );
  });

  test('that claims more than it has is refused before anything is allocated', () => {
    for (const kind of [1, 2, 3]) {
      const writer = new ByteWriter();
      writer.u8(1);
      writer.u8(kind);
      for (let fields = 0; fields < 3; fields += 1) writer.varint(2 ** 30);
      const bytes = writer.finish();
      expect(() => reconcileReplyCodec.decode(bytes)).toThrow(DecodeError);
    }
  });

  test('costs two bytes for the count of a symbol of a large set', () => {
    const symbols = Int32Array.from([1, 2, 3, 66_000]);
    const one = reconcileReplyCodec.encode({
      kind: 'symbols',
      elementCount: 1_000_000,
      start: 28,
      symbols,
    });
    const none = reconcileReplyCodec.encode({
      kind: 'symbols',
      elementCount: 1_000_000,
      start: 28,
      symbols: new Int32Array(0),
    });
    expect(one.length - none.length).toBeLessThanOrEqual(12 + 2);
  });
});
