import { crc32c as kitCrc32c } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { crc32c } from '../../src/wire/crc32c.ts';

test('is the checksum of RFC 3720', () => {
  const digits = new TextEncoder().encode('123456789');
  expect(crc32c(digits, 0, 9) >>> 0).toBe(0xe306_9283);
  expect(crc32c(new Uint8Array(32), 0, 32) >>> 0).toBe(0x8a91_36aa);
  expect(crc32c(new Uint8Array(32).fill(0xff), 0, 32) >>> 0).toBe(0x62a8_ab43);
  expect(crc32c(digits, 3, 3)).toBe(0);
});

test('agrees with the one of the transport, for any range', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 99, size: 'max' }),
      fc.nat(),
      fc.nat(),
      (bytes, a, b) => {
        const [start, end] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y);
        expect(crc32c(bytes, start!, end!) >>> 0).toBe(kitCrc32c(bytes, start, end));
      },
    ),
  );
});
