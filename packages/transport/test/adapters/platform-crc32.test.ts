import { expect, test } from 'vitest';

import { platformCrc32 } from '../../src/adapters/platform-crc32.ts';

test('is the CRC-32 of zlib on Node', () => {
  expect(platformCrc32?.(new TextEncoder().encode('123456789'))).toBe(0xcbf4_3926);
});
