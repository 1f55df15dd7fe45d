import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { md5 } from '../src/md5.ts';

function hexOf(input: string | Uint8Array): string {
  return Buffer.from(md5(input).buffer).toString('hex');
}

// RFC 1321, appendix A.5.
test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  [
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    'd174ab98d277d9f5a5611c2c9f419d9f',
  ],
  ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
])('%j', (text, digest) => {
  expect(hexOf(text)).toBe(digest);
});

test('agrees with the MD5 of the machine at every length around a block', () => {
  for (const length of [...Array(400).keys(), 1_023, 1_024, 1_025, 4_097, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 131 + 7);
    expect(hexOf(bytes), `${length} bytes`).toBe(createHash('md5').update(bytes).digest('hex'));
  }
});

test('agrees with the MD5 of the machine on strings', () => {
  for (const letters of ['abcdefg', 'é', '漢字a', '\ud800']) {
    for (let length = 0; length < 130; length += 1) {
      const text = letters.repeat(length).slice(0, length);
      expect(hexOf(text)).toBe(createHash('md5').update(text).digest('hex'));
    }
  }
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(4);
  expect(md5('a', out)).toBe(out);
  expect(out[0]).toBe(0xb975_c10c);
});
