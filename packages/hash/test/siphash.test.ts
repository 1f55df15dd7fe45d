import { describe, expect, test } from 'vitest';

import { keyHasher } from '../src/key-hasher.ts';
import { siphash13, Siphash13Hasher, siphash24, Siphash24Hasher } from '../src/siphash.ts';
import { hex64 } from './support/vectors.ts';

const secret = Uint8Array.from({ length: 16 }, (_, index) => index);

function counted(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}

describe('siphash24', () => {
  // The paper, appendix A, and vectors.h of the reference program.
  test.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [2, '0d6c8009d9a94f5a'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
    [63, '958a324ceb064572'],
  ])('%i bytes', (length, expected) => {
    expect(hex64(siphash24(counted(length), secret))).toBe(expected);
  });
});

describe('siphash13', () => {
  // What `hash(bytes)` of CPython 3.11 answers with a secret of zeros.
  test.each([
    [1, '68a914128e01e473'],
    [3, '4d4c9a4a8ef6e0ad'],
    [7, '2f098ab0c751325a'],
    [8, 'ead411e67ebe2eea'],
    [9, '75927f9d95124362'],
    [15, 'f30eb725bb91c9ea'],
    [16, '8972188433a5c5b7'],
    [17, '4883c49a2c009c1d'],
    [31, '169739443111d49b'],
    [32, '31ef8061c910629b'],
  ])('%i bytes', (length, expected) => {
    expect(hex64(siphash13(counted(length), new Uint8Array(16)))).toBe(expected);
  });

  // What the tests of Rust's standard library say for this secret.
  test('nothing', () => {
    expect(hex64(siphash13('', secret))).toBe('abac0158050fc4dc');
  });
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(2);
  expect(siphash13('a', secret, out)).toBe(out);
  expect(siphash13('a', secret)).toEqual(out);
  expect(siphash24('a', secret, out)).toBe(out);
  expect(siphash24('a', secret)).toEqual(out);
});

test('a hasher gives the same 64 bits', () => {
  for (const [hasher, hash] of [
    [new Siphash13Hasher(secret), siphash13],
    [new Siphash24Hasher(secret), siphash24],
  ] as const) {
    hasher.hash('key');
    expect(hex64([hasher.low, hasher.high])).toBe(hex64(hash('key', secret)));
    expect(hasher.seed).toEqual(secret);
  }
});

test.each([undefined, 5, 5n])('%s is no secret', (seed) => {
  const refusal = /^seed: expected a secret of 16 bytes, got/;
  expect(() => keyHasher('siphash-1-3', seed)).toThrow(refusal);
  expect(() => keyHasher('siphash-2-4', seed)).toThrow(refusal);
});

test('refuses a secret of another length', () => {
  expect(() => siphash13('a', new Uint8Array(15))).toThrow('seed: expected 16 bytes, got 15');
});
