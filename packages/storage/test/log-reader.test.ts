import { describe, expect, test } from 'vitest';

import { MARK_BYTES } from '../src/log-format.ts';
import { NOWHERE } from '../src/log-index.ts';
import { BoundedRead, readRun, runBytes, runFrom } from '../src/log-reader.ts';
import { appending, entryOf, fileOf, SegmentImage } from './support/files.ts';

const sizes = [10, 0, 9_000, 30, 2_000_000];

function image(): { image: SegmentImage; units: number[] } {
  const result = new SegmentImage(2, 2_100_000);
  const units: number[] = [];
  for (const [position, size] of sizes.entries()) {
    const start = result.add(appending(result.state, [entryOf(position + 1, 1, size)]));
    units.push((start + MARK_BYTES) / 8);
  }
  return { image: result, units };
}

describe('a run', () => {
  const unitAt = (logIndex: number): number => [0, 10, 20, NOWHERE, 30][logIndex] ?? NOWHERE;

  test('ends where the range, the limit or the known positions end', () => {
    const run = (to: number, maxBytes = 1e9): readonly number[] =>
      runFrom(2, 1, to, unitAt, maxBytes).units;
    expect(run(1)).toEqual([10]);
    expect(run(9)).toEqual([10, 20]);
    expect(run(2, 80)).toEqual([10, 20]);
    expect(run(2, 79)).toEqual([10]);
    expect(runBytes(runFrom(2, 1, 2, unitAt, 1e9))).toBe(112);
  });

  test('is read as it was written, whatever the size of its entries', async () => {
    const { image: segment, units } = image();
    const file = await fileOf(segment.bytes);
    const { entries, damaged } = await readRun(
      file,
      { sequence: 2, fromIndex: 1, units },
      'logIndex',
    );
    expect(damaged).toBeUndefined();
    expect(entries.map(({ logIndex, payload }) => [logIndex, payload.length])).toEqual(
      sizes.map((size, position) => [position + 1, size]),
    );
    expect(entries[2]).toEqual(entryOf(3, 1, 9_000));
    expect(entries[4]!.payload.every((byte) => byte === 5)).toBe(true);
  });

  test.each<[string, number]>([
    ['its header', 4],
    ['its payload', 32 + 17],
  ])('ends before an entry with damage in %s', async (_title, within) => {
    const { image: segment, units } = image();
    segment.bytes[units[2]! * 8 + within]! ^= 1;
    const file = await fileOf(segment.bytes);
    const { entries, damaged } = await readRun(
      file,
      { sequence: 2, fromIndex: 1, units },
      'logIndex',
    );
    expect(entries.map(({ logIndex }) => logIndex)).toEqual([1, 2]);
    expect(damaged).toEqual({ logIndex: 3, offset: units[2]! * 8 });
  });

  test('never takes another entry for the one asked for', async () => {
    const { image: segment, units } = image();
    const file = await fileOf(segment.bytes);
    const shifted = { sequence: 2, fromIndex: 2, units: units.slice(0, 1) };
    expect(await readRun(file, shifted, 'logIndex')).toMatchObject({
      entries: [],
      damaged: { logIndex: 2 },
    });
    const elsewhere = { sequence: 3, fromIndex: 1, units: units.slice(0, 1) };
    expect(await readRun(file, elsewhere, 'logIndex')).toMatchObject({
      entries: [],
      damaged: { logIndex: 1 },
    });
  });
});

test('a bounded read takes the first entry whatever its size, and then what fits', () => {
  const reading = new BoundedRead(100);
  expect(reading.add([entryOf(1, 1, 500)])).toBe(true);
  expect(reading.add([entryOf(2, 1, 0)])).toBe(false);
  const roomy = new BoundedRead(100);
  expect(roomy.add([1, 2, 3, 4].map((logIndex) => entryOf(logIndex, 1, 0)))).toBe(false);
  expect(roomy.entries.map(({ logIndex }) => logIndex)).toEqual([1, 2, 3]);
});
