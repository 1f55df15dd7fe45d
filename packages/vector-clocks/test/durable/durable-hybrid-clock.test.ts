import { DiskError } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { describe, expect, test, vi } from 'vitest';

import {
  DurableHybridClock,
  type DurableHybridClockOptions,
} from '../../src/durable/durable-hybrid-clock.ts';
import { HybridClockClosedError } from '../../src/errors.ts';
import { HybridClockExhaustedError } from '../../src/hybrid/hybrid-clock.ts';
import { compareTimestamps, type HybridTimestamp } from '../../src/hybrid/hybrid-timestamp.ts';
import { noTimestamps } from '../support/hybrid.ts';
import { HookedDisk } from '../support/hooked-disk.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const hourMs = 3_600_000;

interface Scene {
  readonly memory: MemoryDisk;
  readonly disk: HookedDisk;
  readonly clock: ManualClock;
  readonly options: DurableHybridClockOptions;
}

function sceneOf(more: Partial<DurableHybridClockOptions> = {}): Scene {
  const memory = new MemoryDisk();
  const disk = new HookedDisk(memory);
  const clock = new ManualClock();
  return { memory, disk, clock, options: { disk, clock, directory: 'clock', ...more } };
}

const stateOf = ({ wallMs, counter }: HybridTimestamp): HybridTimestamp => ({ wallMs, counter });

describe('a durable clock', () => {
  test('gives timestamps as a hybrid clock does', async () => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const wallMs = clock.wallTimeMs();

    expect(hybrid.tick()).toBe('issued');
    expect(stateOf(hybrid)).toEqual({ wallMs, counter: 0 });
    expect(await hybrid.now()).toEqual({ wallMs, counter: 1 });
    const remote = { wallMs: wallMs + 5, counter: 7 };
    expect(await hybrid.receive(remote)).toEqual({
      kind: 'issued',
      timestamp: { wallMs: wallMs + 5, counter: 8 },
    });
    expect(hybrid.witness(remote)).toBe('issued');
    expect(hybrid.counter).toBe(9);
    expect(await hybrid.receive({ wallMs: wallMs + 60_001, counter: 0 })).toEqual({
      kind: 'ahead',
      aheadMs: 60_001,
    });
    await hybrid.close();
  });

  test('writes nothing for an event below its bound', async () => {
    const { options, disk } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    disk.before = (operation) => {
      throw new Error(operation);
    };
    for (let count = 0; count < 1_000; count += 1) expect(hybrid.tick()).toBe('issued');
    disk.before = () => undefined;
    await hybrid.close();
  });

  test('moves its bound on in time, so that nobody waits', async () => {
    const { options, clock } = sceneOf({ reserveMs: 1_000 });
    const hybrid = await DurableHybridClock.open(options);
    for (let count = 0; count < 200; count += 1) {
      await clock.advance(100);
      expect(hybrid.tick()).toBe('issued');
      expect(hybrid.boundMs).toBeGreaterThan(hybrid.wallMs + 400);
    }
    await hybrid.close();
    expect(clock.timerCount).toBe(0);
  });

  test('is unready without its timers, until the disk has answered', async () => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    clock.jumpWall(hourMs);
    const before = stateOf(hybrid);

    expect(hybrid.tick()).toBe('unready');
    expect(stateOf(hybrid)).toEqual(before);
    await settle();
    expect(hybrid.tick()).toBe('issued');

    clock.jumpWall(hourMs);
    expect(await hybrid.now()).toEqual({ wallMs: clock.wallTimeMs(), counter: 0 });
    await hybrid.close();
  });

  test('waits for the disk when a timestamp from afar is beyond the bound', async () => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const wallMs = clock.wallTimeMs() + 50_000;
    const remote = { wallMs, counter: 3 };

    expect(hybrid.witness(remote)).toBe('unready');
    expect(await hybrid.receive(remote)).toEqual({
      kind: 'issued',
      timestamp: { wallMs, counter: 4 },
    });
    expect(hybrid.boundMs).toBeGreaterThan(wallMs);
    expect(hybrid.tick()).toBe('issued');
    await hybrid.close();
  });

  test('borrows no millisecond that is not below the bound', async () => {
    const { options } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const { boundMs } = hybrid;
    expect(hybrid.witness({ wallMs: boundMs - 2, counter: 65_533 })).toBe('issued');
    let givenCount = 0;
    // The disk has no turn to answer in meanwhile.
    for (; hybrid.tick() === 'issued'; givenCount += 1) expect(hybrid.wallMs).toBeLessThan(boundMs);
    expect(givenCount).toBe(2);
    expect(hybrid.witness({ wallMs: boundMs - 1, counter: 0 })).toBe('unready');
    await hybrid.close();
  });

  test('does not move its bound for a timestamp that it refuses', async () => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const { boundMs } = hybrid;
    expect(hybrid.witness({ wallMs: clock.wallTimeMs() + hourMs, counter: 0 })).toBe('ahead');
    await settle();
    expect(hybrid.boundMs).toBe(boundMs);
    await hybrid.close();
  });

  test('takes timestamps to the end of time if no drift is too much', async () => {
    const { options } = sceneOf({ maxDriftMs: Infinity });
    const hybrid = await DurableHybridClock.open(options);
    const end = { wallMs: 2 ** 48 - 1, counter: 65_534 };
    expect((await hybrid.receive(end)).kind).toBe('issued');
    await expect(hybrid.now()).rejects.toThrow(HybridClockExhaustedError);
    await hybrid.close();
    const again = await DurableHybridClock.open(options);
    expect(again.tick()).toBe('exhausted');
    await again.close();
  });
});

describe('after a restart', () => {
  test('that followed a crash, no timestamp comes twice on a clock set back', async () => {
    const { options, clock, memory } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    await clock.advance(10_000);
    const last = await hybrid.now();

    clock.jumpWall(-hourMs);
    const again = await DurableHybridClock.open({ ...options, disk: memory.afterCrash() });
    const first = await again.now();
    expect(compareTimestamps(last, first)).toBeLessThan(0);
    expect(first.wallMs - last.wallMs).toBeLessThanOrEqual(3_000);
    await again.close();
  });

  test('that followed a close, the clock goes on where it was', async () => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const last = await hybrid.now();
    await hybrid.close();

    clock.jumpWall(-hourMs);
    const again = await DurableHybridClock.open(options);
    const first = await again.now();
    expect(compareTimestamps(last, first)).toBeLessThan(0);
    expect(first.wallMs).toBe(last.wallMs + 1);
    await again.close();
  });

  test('one crash after the other does not drive the clock into the future', async () => {
    const { options, clock, memory } = sceneOf();
    let disk = memory;
    for (let count = 0; count < 100; count += 1) {
      const hybrid = await DurableHybridClock.open({ ...options, disk });
      await hybrid.now();
      await clock.advance(10);
      disk = disk.afterCrash();
    }
    const hybrid = await DurableHybridClock.open({ ...options, disk });
    const { wallMs } = await hybrid.now();
    expect(wallMs - clock.wallTimeMs()).toBeLessThanOrEqual(3_010);
    await hybrid.close();
  });
});

describe('when the disk fails', () => {
  const failure = new DiskError('DISK_FAILED', 'clock', 'no');

  test('what was reserved is still given, and the rest is tried again', async () => {
    const onError = vi.fn();
    const { options, disk, clock } = sceneOf({ onError, reserveMs: 1_000 });
    const hybrid = await DurableHybridClock.open(options);
    disk.before = () => {
      throw failure;
    };
    await clock.advance(900);
    expect(hybrid.tick()).toBe('issued');
    expect(onError).toHaveBeenCalledWith(failure);

    await clock.advance(200);
    expect(hybrid.tick()).toBe('unready');
    await settle();
    const before = stateOf(hybrid);
    await expect(hybrid.now()).rejects.toThrow(failure);
    await expect(hybrid.receive({ wallMs: clock.wallTimeMs(), counter: 9 })).rejects.toThrow(
      failure,
    );
    expect(stateOf(hybrid)).toEqual(before);

    disk.before = () => undefined;
    expect(await hybrid.now()).toEqual({ wallMs: clock.wallTimeMs(), counter: 0 });
    await hybrid.close();
  });

  test('a clock that does not open lets go of its folder', async () => {
    const { options, disk } = sceneOf();
    disk.before = (operation) => {
      if (operation === 'rename') throw failure;
    };
    await expect(DurableHybridClock.open(options)).rejects.toThrow(failure);
    disk.before = () => undefined;
    await (await DurableHybridClock.open(options)).close();
  });

  test('a close that cannot write lets go, and no timestamp comes twice', async () => {
    const { options, disk, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    const last = await hybrid.now();
    disk.before = (operation) => {
      if (operation === 'sync') throw failure;
    };
    await expect(hybrid.close()).rejects.toThrow(failure);
    disk.before = () => undefined;
    clock.jumpWall(-hourMs);
    const again = await DurableHybridClock.open(options);
    expect(compareTimestamps(last, await again.now())).toBeLessThan(0);
    await again.close();
  });
});

describe('a closed clock', () => {
  test('gives nothing, and closes once', async () => {
    const { options } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    await Promise.all([hybrid.close(), hybrid.close()]);
    expect(() => hybrid.tick()).toThrow(HybridClockClosedError);
    expect(() => hybrid.witness({ wallMs: 0, counter: 0 })).toThrow(HybridClockClosedError);
    await expect(hybrid.now()).rejects.toThrow(HybridClockClosedError);
    await expect(hybrid.receive({ wallMs: 0, counter: 0 })).rejects.toThrow(HybridClockClosedError);
  });

  test('lets those who wait know', async () => {
    const { options, clock, disk } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    clock.jumpWall(hourMs);
    let goOn = (): void => undefined;
    disk.before = () => new Promise((resolve) => (goOn = resolve));
    const waiting = hybrid.now();
    await settle();
    const closing = hybrid.close();
    disk.before = () => undefined;
    goOn();
    await expect(waiting).rejects.toThrow(HybridClockClosedError);
    await closing;
  });
});

test('two clocks of one folder at a time are one too many', async () => {
  const { options } = sceneOf();
  const hybrid = await DurableHybridClock.open(options);
  await expect(DurableHybridClock.open(options)).rejects.toThrow(DiskError);
  await hybrid.close();
});

test('a jump of the wall clock is told, with its size, and an idle hour is none', async () => {
  const onWallJump = vi.fn();
  const { options, clock } = sceneOf({ onWallJump });
  const hybrid = await DurableHybridClock.open(options);
  await clock.advance(hourMs);
  expect(onWallJump).not.toHaveBeenCalled();
  clock.jumpWall(hourMs);
  await clock.advance(2_000);
  clock.jumpWall(-hourMs);
  await clock.advance(2_000);
  expect(onWallJump.mock.calls).toEqual([[hourMs], [-hourMs]]);
  await hybrid.close();
});

describe('what is refused', () => {
  test.each<[Partial<DurableHybridClockOptions>, string]>([
    [{ reserveMs: 99 }, 'reserveMs: expected an integer of at least 100, got 99'],
    [{ reserveMs: Number.NaN }, 'reserveMs: expected an integer of at least 100, got NaN'],
    [{ reserveMs: 2 ** 53 }, `reserveMs: expected an integer of at least 100, got ${2 ** 53}`],
    [{ maxDriftMs: -1 }, 'maxDriftMs: expected at least 0, got -1'],
    [{ wallJumps: { toleranceMs: -1 } }, 'toleranceMs: expected at least 0, got -1'],
  ])('%j is no option, and the disk is not touched', async (more, message) => {
    const { options, disk } = sceneOf(more);
    disk.before = (operation) => {
      throw new Error(operation);
    };
    await expect(DurableHybridClock.open(options)).rejects.toThrow(new RangeError(message));
  });

  test.each(noTimestamps)('%j is no timestamp', async (value, message) => {
    const { options } = sceneOf({ maxDriftMs: Infinity });
    const hybrid = await DurableHybridClock.open(options);
    const { boundMs } = hybrid;
    const error = new RangeError(`remote${message}`);
    expect(() => hybrid.witness(value as HybridTimestamp)).toThrow(error);
    await expect(hybrid.receive(value as HybridTimestamp)).rejects.toThrow(error);
    expect(hybrid.boundMs).toBe(boundMs);
    await hybrid.close();
  });

  test.each([-1, 2 ** 48, Number.NaN])('%s is no time of a wall clock', async (wallMs) => {
    const { options, clock } = sceneOf();
    const hybrid = await DurableHybridClock.open(options);
    clock.jumpWall(wallMs - clock.wallTimeMs());
    expect(() => hybrid.tick()).toThrow(RangeError);
    await expect(hybrid.now()).rejects.toThrow(RangeError);
    await hybrid.close();
  });
});
