import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DecodeError } from '../src/codec.ts';
import { decodeHello, encodeHello, incarnationAt, judgeHello } from '../src/hello.ts';
import { handshakeFrameBytesMax, proofTranscript, type Hello } from '../src/hello.ts';
import { nodeId } from '../src/node-id.ts';

const hello: Hello = {
  versionMin: 1,
  versionMax: 3,
  clusterId: 'cluster',
  nodeId: nodeId('n1'),
  incarnation: 2 ** 53 - 1,
  nonce: Uint8Array.from({ length: 16 }, (_, index) => index),
  payloadBytesMax: 2 ** 20,
  features: 0xffff_ffff,
  number: 7,
  liveNumbers: [1, 300, 2 ** 40],
  expects: nodeId('n2'),
};

const id = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => new TextEncoder().encode(text).length <= 64)
  .map((text) => nodeId(text));

const anyHello: fc.Arbitrary<Hello> = fc.record({
  versionMin: fc.nat(255),
  versionMax: fc.nat(255),
  clusterId: id.map(String),
  nodeId: fc.oneof(id, fc.constantFrom(nodeId('__proto__'), nodeId('constructor'))),
  incarnation: fc.maxSafeNat(),
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  payloadBytesMax: fc.nat(),
  features: fc.nat(),
  number: fc.maxSafeNat(),
  liveNumbers: fc.array(fc.maxSafeNat(), { maxLength: 8 }),
  expects: fc.option(id, { nil: undefined }),
});

describe('HELLO', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(anyHello, (said) => {
        const bytes = encodeHello(said);
        expect(bytes.length).toBeLessThan(handshakeFrameBytesMax);
        expect(decodeHello(bytes)).toEqual(said);
        expect(encodeHello(decodeHello(bytes))).toEqual(bytes);
      }),
    );
  });

  test('may be followed by what a later version adds', () => {
    const bytes = encodeHello(hello);
    const longer = new Uint8Array(bytes.length + 100).fill(0xee);
    longer.set(bytes);
    expect(decodeHello(longer)).toEqual(hello);
  });

  test('cut short anywhere is malformed', () => {
    const bytes = encodeHello(hello);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeHello(bytes.subarray(0, length))).toThrow(DecodeError);
    }
  });

  test('any bytes are a HELLO or a DecodeError', () => {
    const prefix = encodeHello(hello).subarray(0, 6);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isPrefixed) => {
        const input = isPrefixed ? Uint8Array.of(...prefix, ...bytes) : bytes;
        try {
          decodeHello(input);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });

  test.each([
    ['an empty id', { nodeId: '' }],
    ['an id of 65 bytes', { nodeId: 'x'.repeat(65) }],
    ['a cluster id of 65 bytes', { clusterId: 'x'.repeat(65) }],
    ['nine live links', { liveNumbers: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
  ])('with %s is malformed', (_what, change) => {
    // What no node of ours would say is written by a copy of the encoder's own input.
    const said = Object.assign({}, hello, change);
    expect(() => decodeHello(encodeHello(said))).toThrow(DecodeError);
  });
});

describe('a HELLO is judged', () => {
  const local = { localId: nodeId('n2'), clusterId: 'cluster', dialed: nodeId('n1') };

  test.each<[string, Partial<Hello>, string | undefined]>([
    ['as said', {}, undefined],
    ['of exactly this version', { versionMin: 1, versionMax: 1 }, undefined],
    ['of later versions only', { versionMin: 2, versionMax: 9 }, 'version'],
    ['of earlier versions only', { versionMin: 0, versionMax: 0 }, 'version'],
    ['of another cluster', { clusterId: 'Cluster' }, 'cluster'],
    ['of another node than dialed', { nodeId: nodeId('n3') }, 'identity'],
    ['in the name of the local node', { nodeId: nodeId('n2') }, 'identity'],
    ['meant for another node', { expects: nodeId('n3') }, 'identity'],
    ['meant for anybody', { expects: undefined }, undefined],
  ])('%s', (_what, change, reason) => {
    expect(judgeHello({ ...hello, ...change }, local)).toBe(reason);
  });

  test('by one who was dialed, whoever it is from', () => {
    const dialed = undefined;
    expect(judgeHello({ ...hello, nodeId: nodeId('n9') }, { ...local, dialed })).toBeUndefined();
    expect(judgeHello({ ...hello, nodeId: nodeId('n2') }, { ...local, dialed })).toBe('identity');
  });
});

describe('what a proof is made over', () => {
  const [one, other] = [encodeHello(hello), encodeHello({ ...hello, number: 8 })];

  test('differs when prover and verifier are swapped, and with the binding', () => {
    const binding = Uint8Array.of(1);
    const all = [
      proofTranscript(one, other, undefined),
      proofTranscript(other, one, undefined),
      proofTranscript(one, other, binding),
      proofTranscript(one, one, undefined),
    ].map(String);
    expect(new Set(all).size).toBe(4);
  });

  test('cannot be shifted from one part to the next', () => {
    const parts = (left: readonly number[], right: readonly number[]): string =>
      String(proofTranscript(Uint8Array.from(left), Uint8Array.from(right), undefined));
    expect(parts([1, 2], [3])).not.toBe(parts([1], [2, 3]));
  });
});

test('an incarnation rises with the wall clock and is a safe integer for a lifetime', () => {
  expect(incarnationAt(1_000.9, 2_047)).toBe(1_000 * 2_048 + 2_047);
  expect(incarnationAt(1_001, 0)).toBeGreaterThan(incarnationAt(1_000, 2_047));
  const inTheYear2100 = Date.UTC(2100, 0);
  expect(Number.isSafeInteger(incarnationAt(inTheYear2100, 2_047))).toBe(true);
});
