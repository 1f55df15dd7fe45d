import { crc32 as crc32OfMachine } from 'node:zlib';

import { expect, test } from 'vitest';

import { crc16, crc32, libmemcachedCrc } from '../src/crc.ts';
import { hex32 } from './support/vectors.ts';

test('the check values of both', () => {
  expect(hex32(crc16('123456789'))).toBe('000031c3');
  expect(hex32(crc32('123456789'))).toBe('cbf43926');
  expect(crc16('')).toBe(0);
  expect(crc32('')).toBe(0);
});

test('crc32 agrees with the one of the machine', () => {
  for (let length = 0; length < 300; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 131 + length);
    expect(crc32(bytes) >>> 0).toBe(crc32OfMachine(bytes));
  }
});

test('libmemcached takes fifteen bits', () => {
  expect(libmemcachedCrc('apple')).toBe(10_542);
  expect(libmemcachedCrc('apple')).toBe((crc32('apple') >>> 16) & 0x7fff);
});
