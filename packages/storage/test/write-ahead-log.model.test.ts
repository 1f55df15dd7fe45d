import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';
import { callSequence } from './support/arbitrary-calls.ts';
import { EMPTY_TWIN, keyOf, type LogTwin, submit, twinOf } from './support/log-twin.ts';
import { ObservedDisk } from './support/observed-disk.ts';
import { seedsOf } from './support/seeds.ts';

const seeds = seedsOf(60);

/** The metadata in force when the calls so far have been made. */
function metadataAfter(twins: readonly LogTwin[]): Uint8Array | undefined {
  return twins.at(-1)?.metadata;
}

describe('WriteAheadLog against an array', () => {
  // Goal: the log is the array that the same calls make of it, also after reopening.
  // Method: random calls in bursts of up to six at a time, small segments, a reopening now and
  // then.
  test.each(seeds)('answers like the array (SEED=%i)', async (seed) => {
    const random = seededRandom(`model ${seed}`);
    const disk = new MemoryDisk();
    const options = { disk, directory: 'log', segmentBytes: 4_096 };
    let log = await WriteAheadLog.open(options);
    let twin: LogTwin = EMPTY_TWIN;
    for (let round = 0; round < 40; round += 1) {
      const { calls, twins } = callSequence(random, twin, 1 + random.int(6));
      const settled = calls.map((call) => submit(log, call));
      twin = twins.at(-1) ?? twin;
      // Before it is durable and after, the log answers the same.
      expect(keyOf(await twinOf(log, twin.metadata))).toBe(keyOf({ ...twin }));
      await Promise.all(settled);
      expect(keyOf(await twinOf(log, metadataAfter(twins)))).toBe(keyOf(twin));
      if (random.int(4) > 0) continue;
      await log.close();
      log = await WriteAheadLog.open(options);
      expect(keyOf(await twinOf(log))).toBe(keyOf(twin));
      expect(log.recovery).toMatchObject({ droppedTailBytes: 0, damaged: [], blemishes: [] });
    }
    await log.close();
  });

  // Goal: a crash leaves the effect of some first calls, among them every acknowledged one.
  // Method: at a random disk operation take the disk as a crash could leave it, each unsynced
  // sector, size and name old, new or torn at random; recover, compare, and go on from there. Torn
  // at multiples of 8 bytes: a tear within a word may leave no word unwritten, and is then
  // reported.
  test.each(seeds)('recovers a prefix with all that was acknowledged (SEED=%i)', async (seed) => {
    const random = seededRandom(`crash ${seed}`);
    let disk = new MemoryDisk();
    let twin: LogTwin = EMPTY_TWIN;
    for (let life = 0; life < 12; life += 1) {
      const observed = new ObservedDisk(disk);
      let left = random.int(60);
      let after: MemoryDisk | undefined;
      let acknowledgedCount = 0;
      let survivorFloor = 0;
      observed.before = () => {
        left -= 1;
        if (left !== 0) return;
        survivorFloor = acknowledgedCount;
        after = disk.afterCrash({
          sector: () => [0, 512, 8 * random.int(65)][random.int(3)] ?? 0,
          size: () => random.int(2) === 0,
          name: () => random.int(2) === 0,
        });
      };
      const options = { disk: observed, directory: 'log', segmentBytes: 4_096 };
      const log = await WriteAheadLog.open(options);
      const { calls, twins } = callSequence(random, twin, 30);
      const settled: Promise<void>[] = [];
      for (const [position, call] of calls.entries()) {
        const done = submit(log, call).then(() => {
          acknowledgedCount = Math.max(acknowledgedCount, position + 1);
        });
        settled.push(done);
        if (random.int(3) === 0) await done;
      }
      await Promise.all(settled);
      if (after === undefined) {
        survivorFloor = calls.length;
        after = disk.afterCrash();
      }
      disk = after;
      const recovered = await WriteAheadLog.open({ ...options, disk });
      expect(recovered.recovery.damaged).toEqual([]);
      const found = keyOf(await twinOf(recovered));
      const possible = twins.slice(survivorFloor);
      const match = possible.find((candidate) => keyOf(candidate) === found);
      expect(match, `one of the states from ${survivorFloor} on: ${found}`).toBeDefined();
      twin = match ?? twin;
      await recovered.close();
    }
  });
});
