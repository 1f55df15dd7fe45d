import { MemoryDisk } from '@quorate/storage/memory';
import { expect, test } from 'vitest';

import { soundMachine } from '../../src/machine-faults.ts';
import { FaultyMachine } from '../../src/runtime/faulty-machine.ts';

test('a skewed machine has another time of day, and the same duration of things', async () => {
  const clock = {
    nowMs: () => 70,
    wallTimeMs: () => 1_000,
    setTimer: (_delayMs: number, callback: () => void) => {
      callback();
      return { cancel: () => undefined };
    },
  };
  const machine = new FaultyMachine({ disk: new MemoryDisk(), clock });
  expect(machine.clock.wallTimeMs()).toBe(1_000);
  machine.set({ isDiskFull: true, syncDelayMs: 0, clockSkewMs: -300 });
  expect(machine.clock.wallTimeMs()).toBe(700);
  expect(machine.clock.nowMs()).toBe(70);
  await new Promise<void>((resolve) => {
    machine.clock.setTimer(5, resolve);
  });
  const file = await machine.disk.open('a', { mode: 'new' });
  await expect(file.write(0, Uint8Array.of(1))).rejects.toMatchObject({ code: 'DISK_FULL' });
  machine.set(soundMachine);
  await file.write(0, Uint8Array.of(1));
  expect(machine.clock.wallTimeMs()).toBe(1_000);
});
