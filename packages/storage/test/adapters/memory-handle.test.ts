import { expect, test } from 'vitest';

import { MemoryFile } from '../../src/adapters/memory-file.ts';
import { MemoryHandle } from '../../src/adapters/memory-handle.ts';

test('an operation takes effect during its call, and closing is told once', async () => {
  const file = new MemoryFile({ freeBytes: 1e6 });
  let closeCount = 0;
  const handle = new MemoryHandle('a', file, () => (closeCount += 1));
  void handle.write(0, Uint8Array.of(1, 2));
  expect(file.sizeBytes).toBe(2);
  void handle.truncate(1);
  expect(file.sizeBytes).toBe(1);
  expect(await handle.sizeBytes()).toBe(1);
  await Promise.all([handle.close(), handle.close()]);
  expect(closeCount).toBe(1);
  await expect(handle.sync()).rejects.toMatchObject({ code: 'DISK_CLOSED', path: 'a' });
});
