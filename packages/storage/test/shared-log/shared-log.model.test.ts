import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../../src/adapters/memory.ts';
import { LogDamagedError } from '../../src/errors.ts';
import { SharedLog } from '../../src/shared-log/shared-log.ts';
import type { LogStore } from '../../src/log-store.ts';
import { callSequence } from '../support/arbitrary-calls.ts';
import { contentOf, faultsOf, overwrite } from '../support/damage.ts';
import { EMPTY_TWIN, keyOf, type LogTwin, submit, twinOf } from '../support/log-twin.ts';
import { ObservedDisk } from '../support/observed-disk.ts';
import { seedsOf } from '../support/seeds.ts';

const seeds = seedsOf(40);
const names = ['red', 'green', 'blue', 'grey'] as const;
const directory = 'log';
const segmentBytes = 4_096;

interface Group {
  readonly name: string;
  log: LogStore;
  twin: LogTwin;
}

/** Grey is idle nearly always, so that its entries lag behind those of the others. */
function drawGroup(random: Random, groups: readonly Group[]): Group {
  const place = random.int(20) === 0 ? 3 : random.int(3);
  return groups[place]!;
}

async function expectTwin({ log, twin }: Group): Promise<void> {
  expect(keyOf(await twinOf(log, twin.metadata))).toBe(keyOf(twin));
}

describe('SharedLog against an array for each group', () => {
  // Goal: each group is the array that its own calls make of it, also after reopening.
  // Method: random calls in bursts, interleaved over the groups, in segments so small that idle
  // groups are moved all the time.
  test.each(seeds)('answers like the arrays (SEED=%i)', async (seed) => {
    const random = seededRandom(`shared ${seed}`);
    const disk = new MemoryDisk();
    let shared = await SharedLog.open({ disk, directory, segmentBytes });
    const groups = names.map((name): Group => {
      return { name, log: shared.openGroup(name), twin: EMPTY_TWIN };
    });
    for (let round = 0; round < 60; round += 1) {
      const settled: Promise<void>[] = [];
      for (let burst = 1 + random.int(4); burst > 0; burst -= 1) {
        const group = drawGroup(random, groups);
        const { calls, twins } = callSequence(random, group.twin, 1 + random.int(4));
        settled.push(...calls.map((call) => submit(group.log, call)));
        group.twin = twins.at(-1) ?? group.twin;
        await expectTwin(group);
      }
      await Promise.all(settled);
      for (const group of groups) await expectTwin(group);
      if (random.int(5) > 0) continue;
      await shared.close();
      shared = await SharedLog.open({ disk, directory, segmentBytes });
      expect(shared.recovery).toEqual({ droppedTailBytes: 0, blemishes: [] });
      for (const group of groups) {
        group.log = shared.openGroup(group.name);
        expect(group.log.recovery.damaged).toEqual([]);
        expect(keyOf(await twinOf(group.log))).toBe(keyOf(group.twin));
      }
    }
    await shared.close();
  });

  // Goal: a crash leaves of each group the effect of some first calls, among them every
  // acknowledged one.
  // Method: at a random disk operation take the disk as a crash could leave it, each unsynced
  // sector, size and name old, new or torn at random; recover, compare, and go on from there.
  test.each(seeds)('recovers of each a prefix with all acknowledged (SEED=%i)', async (seed) => {
    const random = seededRandom(`shared crash ${seed}`);
    let disk = new MemoryDisk();
    let twins = new Map<string, LogTwin>(names.map((name) => [name, EMPTY_TWIN]));
    for (let life = 0; life < 10; life += 1) {
      const outcome = await liveAndCrash(random, disk, twins);
      disk = outcome.disk;
      const recovered = await SharedLog.open({ disk, directory, segmentBytes });
      twins = new Map();
      for (const name of names) {
        const log = recovered.openGroup(name);
        expect(log.recovery.damaged).toEqual([]);
        const found = keyOf(await twinOf(log));
        const match = outcome.possible.get(name)?.find((one) => keyOf(one) === found);
        expect(match, `${name}: one of the possible states, got ${found}`).toBeDefined();
        twins.set(name, match ?? EMPTY_TWIN);
      }
      await recovered.close();
    }
  });
});

interface Outcome {
  readonly disk: MemoryDisk;
  readonly possible: ReadonlyMap<string, readonly LogTwin[]>;
}

async function liveAndCrash(
  random: Random,
  disk: MemoryDisk,
  starts: ReadonlyMap<string, LogTwin>,
): Promise<Outcome> {
  const observed = new ObservedDisk(disk);
  let left = random.int(120);
  let after: MemoryDisk | undefined;
  const acknowledged = new Map<string, number>();
  let floors = new Map<string, number>();
  observed.before = () => {
    left -= 1;
    if (left !== 0) return;
    floors = new Map(acknowledged);
    after = disk.afterCrash({
      sector: () => [0, 512, 8 * random.int(65)][random.int(3)] ?? 0,
      size: () => random.int(2) === 0,
      name: () => random.int(2) === 0,
    });
  };
  const shared = await SharedLog.open({ disk: observed, directory, segmentBytes });
  const histories = new Map<string, readonly LogTwin[]>();
  const lives = names.map(async (name) => {
    const log = shared.openGroup(name);
    const count = name === 'grey' ? 3 : 20;
    const { calls, twins } = callSequence(random, starts.get(name) ?? EMPTY_TWIN, count);
    histories.set(name, twins);
    const settled: Promise<void>[] = [];
    for (const [position, call] of calls.entries()) {
      const done = submit(log, call).then(() => {
        acknowledged.set(name, Math.max(acknowledged.get(name) ?? 0, position + 1));
      });
      settled.push(done);
      if (random.int(3) === 0) await done;
    }
    await Promise.all(settled);
  });
  await Promise.all(lives);
  if (after === undefined) {
    floors = acknowledged;
    after = disk.afterCrash();
  }
  const possible = [...histories].map(
    ([name, twins]) => [name, twins.slice(floors.get(name) ?? 0)] as const,
  );
  return { disk: after, possible: new Map(possible) };
}

describe('a damaged shared log', () => {
  // Goal: whatever happens to the bytes, no entry of any group is wrong and none is silently gone.
  // Method: random histories; stretches overwritten with zeros or noise. A group, or all, may
  // refuse to open; being wrong is not allowed.
  test.each(seeds)('passes over nothing in silence (SEED=%i)', async (seed) => {
    const random = seededRandom(`shared damage ${seed}`);
    const { disk, twins } = await historyOf(random);
    const paths = (await disk.list(directory)).map((name) => `${directory}/${name}`);
    for (let round = 0; round < 30; round += 1) {
      const damaged = disk.afterCrash();
      await damageSomewhere(random, damaged, paths);
      await expectNothingSilent(damaged, twins);
    }
  });

  // Goal: damage is the loss of those it hit.
  // Method: every byte of a log in turn, changed.
  test('with any one byte changed opens, and every group of it', async () => {
    const { disk, twins } = await historyOf(seededRandom('one byte'), 12);
    for (const name of await disk.list(directory)) {
      const path = `${directory}/${name}`;
      const content = await contentOf(disk, path);
      const used = Buffer.from(content).lastIndexOf('DONE') + 88;
      for (let offset = 0; offset < used; offset += 1) {
        const damaged = disk.afterCrash();
        await overwrite(damaged, path, offset, Uint8Array.of(content[offset]! ^ 0xff));
        const shared = await SharedLog.open({ disk: damaged, directory, segmentBytes });
        for (const [group, twin] of twins) {
          expect(await faultsOf(shared.openGroup(group), twin), `${path} ${offset}`).toEqual([]);
        }
      }
    }
  });
});

/** Opens what can be opened: there, each entry is as it was, or named as damaged. */
async function expectNothingSilent(
  disk: MemoryDisk,
  twins: ReadonlyMap<string, LogTwin>,
): Promise<void> {
  const shared = await SharedLog.open({ disk, directory, segmentBytes }).catch(expectDamaged);
  for (const [name, twin] of twins) {
    if (shared === undefined) return;
    const log = attempt(() => shared.openGroup(name));
    if (log !== undefined) expect(await faultsOf(log, twin)).toEqual([]);
  }
  await shared?.close();
}

function expectDamaged(error: unknown): undefined {
  if (!(error instanceof LogDamagedError)) throw error;
}

function attempt(open: () => LogStore): LogStore | undefined {
  try {
    return open();
  } catch (error) {
    expectDamaged(error);
    return undefined;
  }
}

async function historyOf(
  random: Random,
  rounds = 40,
): Promise<{ disk: MemoryDisk; twins: ReadonlyMap<string, LogTwin> }> {
  const disk = new MemoryDisk();
  const shared = await SharedLog.open({ disk, directory, segmentBytes });
  const groups = names.map((name): Group => {
    return { name, log: shared.openGroup(name), twin: EMPTY_TWIN };
  });
  for (let round = 0; round < rounds; round += 1) {
    const group = drawGroup(random, groups);
    const { calls, twins } = callSequence(random, group.twin, 1 + random.int(3));
    await Promise.all(calls.map((call) => submit(group.log, call)));
    group.twin = twins.at(-1) ?? group.twin;
  }
  await shared.close();
  return { disk, twins: new Map(groups.map(({ name, twin }) => [name, twin])) };
}

async function damageSomewhere(
  random: Random,
  disk: MemoryDisk,
  paths: readonly string[],
): Promise<void> {
  const path = paths[random.int(paths.length)]!;
  const used = Buffer.from(await contentOf(disk, path)).lastIndexOf('DONE') + 88;
  const offset = random.int(used);
  const length = Math.min([1, 64, 512, 1 + random.int(2_000)][random.int(4)]!, used - offset);
  const bytes = random.int(2) === 0 ? new Uint8Array(length) : random.bytes(length);
  await overwrite(disk, path, offset, bytes);
}
