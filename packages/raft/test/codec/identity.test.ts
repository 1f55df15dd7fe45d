import { nodeId } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { decodeWithin, encodeIn } from '../../src/codec.ts';
import type { NodeMessage } from '../../src/codec/edge-messages.ts';
import { drawIdentity } from '../../src/codec/identity.ts';
import { patient } from '../support/lone-node.ts';

const encode = (message: NodeMessage) => encodeIn({ written: 2, spoken: 2 }, message);
const decode = (bytes: Uint8Array) => decodeWithin({ min: 1, max: 2 }, bytes);

const ids = { directoryId: '0123456789abcdef', bootId: 'ff00000000000001' };
const introduce = { kind: 'introduce', ...ids, bootCount: 300 } as const;
const reply = {
  kind: 'introduceReply',
  bootId: ids.bootId,
  verdict: 'amnesiac',
  voters: [nodeId('a'), nodeId('bc')],
} as const;

test('an introduction is two ids of eight bytes and a count', () => {
  const bytes = encode(introduce);
  const boot = [0xff, 0, 0, 0, 0, 0, 0, 1];
  const directory = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
  expect(Array.from(bytes)).toEqual([2, 2, 26, ...directory, 172, 2, ...boot]);
  expect(decode(bytes)).toEqual(introduce);
});

test('a reply names the boot it answers, the verdict and all voters', () => {
  const bytes = encode(reply);
  expect(Array.from(bytes.subarray(0, 3))).toEqual([2, 2, 27]);
  expect(Array.from(bytes.subarray(11))).toEqual([2, 2, 1, 97, 2, 98, 99]);
  expect(decode(bytes)).toEqual(reply);
});

test.each([introduce, reply])('refuses every prefix, and anything after the end', (message) => {
  const bytes = encode(message);
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => decode(bytes.subarray(0, length))).toThrow(DecodeError);
  }
  expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
});

test('refuses a verdict that is none, and more voters than there are bytes', () => {
  const bytes = encode(reply);
  expect(() => decode(bytes.with(11, 9))).toThrow(DecodeError);
  expect(() => decode(bytes.with(12, 100))).toThrow(DecodeError);
});

test('ids are as random as their source', () => {
  expect(drawIdentity(patient)).toBe('ff'.repeat(8));
});
