import { beforeEach, describe, expect, test } from 'vitest';

import { MARK_BYTES, SEGMENT_HEADER_BYTES } from '../src/log-format.ts';
import { SegmentScan } from '../src/segment-scan.ts';
import { appending, entryOf, fileOf, SegmentImage } from './support/files.ts';

let image: SegmentImage;
let first: number;
let second: number;

beforeEach(() => {
  image = new SegmentImage(1, 8_192);
  first = image.add(appending(image.state, [entryOf(1, 1, 100), entryOf(2, 1, 40)]));
  second = image.add(appending(image.state, [entryOf(3, 2, 600)]));
});

const scan = async (): Promise<SegmentScan> => SegmentScan.open(await fileOf(image.bytes), 1);

describe('marks', () => {
  test('are found where they are, with the extent of their batch', async () => {
    const at = await (await scan()).markAt(first);
    expect(first).toBe(SEGMENT_HEADER_BYTES);
    expect(at).toMatchObject({ start: first, end: second, mark: { kind: 'opening' } });
    expect(await (await scan()).markAt(first + 8)).toBeUndefined();
    expect(await (await scan()).markAt(8_192 - 8)).toBeUndefined();
  });

  test('are searched for: the first of a batch that begins there or behind', async () => {
    const found = await (await scan()).findMark(first + 8);
    expect(found).toMatchObject({ start: second, mark: { kind: 'opening' } });
    image.bytes.fill(0, second, second + 8);
    const closing = await (await scan()).findMark(first + 8);
    expect(closing).toMatchObject({ start: second, mark: { kind: 'closing' } });
    expect(await (await scan()).findMark(image.end)).toBeUndefined();
  });

  test('of another segment are none', async () => {
    const other = await SegmentScan.open(await fileOf(image.bytes), 2);
    expect(await other.findMark(SEGMENT_HEADER_BYTES)).toBeUndefined();
  });
});

describe('space', () => {
  test('never written is told from written', async () => {
    const one = await scan();
    expect(await one.hasUnwritten(first, image.end)).toBe(false);
    expect(await one.hasUnwritten(first, image.end + 8)).toBe(true);
    expect(await one.hasUnwritten(8_192, 9_000)).toBe(false);
  });

  test('behind the last batch is ready as far as nothing disturbs it', async () => {
    expect(await (await scan()).tail(image.end)).toEqual({
      readyEnd: 8_192,
      writtenEnd: image.end,
    });
    image.bytes.fill(0, 4_096, 4_200);
    expect(await (await scan()).tail(image.end)).toEqual({
      readyEnd: 4_096,
      writtenEnd: image.end,
    });
    image.bytes[5_003] = 1;
    expect(await (await scan()).tail(image.end)).toEqual({ readyEnd: 4_096, writtenEnd: 5_008 });
  });
});

describe('single entries', () => {
  test('are salvaged if header and payload are intact and the index fits', async () => {
    const all = await (await scan()).salvage(first, image.end, 1, 3);
    expect(all.map(({ logIndex, term }) => [logIndex, term])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(all[0]!.offset).toBe(first + MARK_BYTES);
    expect(await (await scan()).salvage(first, second, 2, 9)).toMatchObject([{ logIndex: 2 }]);
    expect(await (await scan()).salvage(first, image.end, 4, 9)).toEqual([]);

    image.bytes[first + MARK_BYTES + 32 + 50]! ^= 1;
    expect(await (await scan()).salvage(first, image.end, 1, 2)).toMatchObject([{ logIndex: 2 }]);
  });

  test('that reach beyond the range do not count', async () => {
    const offset = second + MARK_BYTES;
    expect(await (await scan()).findEntry(second, offset + 632, 3, 3)).toBe(offset);
    expect(await (await scan()).findEntry(second, offset + 631, 3, 3)).toBeUndefined();
    expect(await (await scan()).findEntry(8_190, 9_000, 3, 3)).toBeUndefined();
  });
});
