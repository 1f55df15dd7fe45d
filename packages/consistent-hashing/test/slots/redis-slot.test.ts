import { expect, test } from 'vitest';

import { redisSlot } from '../../src/slots/redis-slot.ts';

test('is CRC-16 of the key, modulo 16,384', () => {
  expect(redisSlot('123456789')).toBe(0x31c3 % 16_384);
  expect(redisSlot('')).toBe(0);
  expect(redisSlot('foobar')).toBe(12_325);
});

test('takes a number for its bytes, and not for its digits', () => {
  expect(redisSlot(7)).toBe(redisSlot(new Uint8Array([7, 0, 0, 0, 0, 0, 0, 0])));
  expect(redisSlot(7)).not.toBe(redisSlot('7'));
});
