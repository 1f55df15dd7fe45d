import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  decodeNatsCredit,
  decodeNatsHeader,
  decodeNatsSender,
  encodeNatsCredit,
  encodeNatsMessage,
  encodeNatsSender,
  natsBody,
  natsHeaderBytes,
  natsKinds,
} from '../src/nats-message.ts';
import { nodeId } from '../src/node-id.ts';

const tag = fc.nat({ max: 2 ** 48 - 1 });

describe('a message over NATS', () => {
  test('has the bytes that are drawn', () => {
    const header = { kind: natsKinds.data, to: 0x0102_0304_0506, from: 1, number: 0xffff_fffe };
    const bytes = [1, 2, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 1, 255, 255, 255, 254, 7, 8];
    expect([...encodeNatsMessage(header, Uint8Array.of(7, 8))]).toEqual(bytes);
  });

  test('comes back as it was, wherever it lies', () => {
    fc.assert(
      fc.property(
        fc.record({ kind: fc.nat(255), to: tag, from: tag, number: fc.nat(2 ** 32 - 1) }),
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(9),
        (header, body, offset) => {
          const message = encodeNatsMessage(header, body);
          const buffer = new Uint8Array(offset + message.length);
          buffer.set(message, offset);
          const view = buffer.subarray(offset);
          expect(decodeNatsHeader(view)).toEqual(header);
          expect(natsBody(view)).toEqual(body);
        },
      ),
    );
  });

  test('is none when it is cut short or of another version', () => {
    const header = { kind: natsKinds.data, to: 1, from: 2, number: 3 };
    const message = encodeNatsMessage(header, new Uint8Array(0));
    expect(message).toHaveLength(natsHeaderBytes);
    for (let length = 0; length < natsHeaderBytes; length += 1) {
      expect(decodeNatsHeader(message.subarray(0, length))).toBeUndefined();
    }
    expect(decodeNatsHeader(message.with(0, 2))).toBeUndefined();
  });
});

test('a sender is a node id, or nobody', () => {
  expect(decodeNatsSender(encodeNatsSender(nodeId('é.*')))).toBe('é.*');
  expect(decodeNatsSender(new Uint8Array(0))).toBeUndefined();
  expect(decodeNatsSender(new Uint8Array(65).fill(97))).toBeUndefined();
  expect(decodeNatsSender(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
});

test('credit is a safe integer, or none', () => {
  expect(decodeNatsCredit(encodeNatsCredit(2 ** 53 - 1))).toBe(2 ** 53 - 1);
  expect(decodeNatsCredit(encodeNatsCredit(0))).toBe(0);
  expect(decodeNatsCredit(new Uint8Array(8).fill(255))).toBeUndefined();
  expect(decodeNatsCredit(new Uint8Array(7))).toBeUndefined();
  expect(decodeNatsCredit(new Uint8Array(9))).toBeUndefined();
});
