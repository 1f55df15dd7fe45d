import { beforeEach, describe, expect, test } from 'vitest';

import { isWhole, readBatch, type ScannedBatch } from '../src/batch-scan.ts';
import { MARK_BYTES } from '../src/log-format.ts';
import { NOWHERE } from '../src/log-index.ts';
import { SegmentScan } from '../src/segment-scan.ts';
import { appending, entryOf, fileOf, SegmentImage } from './support/files.ts';

let image: SegmentImage;
let start: number;
let chainBefore: number;
/** Where the first entry begins. */
let entries: number;

const METADATA_BYTES = 8;
const ENTRY_BYTES = 32 + 16;

beforeEach(() => {
  image = new SegmentImage(3, 4_096);
  image.add(appending(image.state, [entryOf(1, 1, 10)]));
  chainBefore = image.state.chain!;
  const more = [2, 3, 4, 5].map((logIndex) => entryOf(logIndex, 2, 16));
  start = image.add(appending(image.state, more, Uint8Array.of(5, 5, 5)));
  entries = start + MARK_BYTES + METADATA_BYTES;
});

async function scanned(): Promise<ScannedBatch> {
  const scan = await SegmentScan.open(await fileOf(image.bytes), 3);
  const place = await scan.findMark(start);
  return readBatch(scan, place!, chainBefore);
}

/** Changes one byte. */
function damage(offset: number): void {
  image.bytes[offset]! ^= 0x10;
}

describe('a batch', () => {
  test('that is intact is whole', async () => {
    const batch = await scanned();
    expect(isWhole(batch)).toBe(true);
    expect(batch).toMatchObject({
      start,
      end: image.end,
      hasOpening: true,
      hasClosing: true,
      isMetadataWorn: false,
      previousChain: chainBefore,
      chain: image.state.chain,
    });
    expect(batch.metadata).toEqual(Uint8Array.of(5, 5, 5));
    expect([...batch.terms]).toEqual([2, 2, 2, 2]);
    const offsets = [0, 1, 2, 3].map((position) => entries + position * ENTRY_BYTES);
    expect([...batch.units]).toEqual(offsets.map((offset) => offset / 8));
  });

  test.each([
    ['opening', () => start + 30, { hasOpening: false, hasClosing: true }],
    ['closing', () => image.end - 30, { hasOpening: true, hasClosing: false }],
  ])('without its %s mark is whole, and its chain is known', async (_title, offset, marks) => {
    damage(offset());
    const batch = await scanned();
    expect(isWhole(batch)).toBe(true);
    expect(batch).toMatchObject({ ...marks, previousChain: chainBefore, chain: image.state.chain });
  });

  test('with a damaged payload has one broken entry, whose term is known', async () => {
    damage(entries + ENTRY_BYTES + 40);
    const batch = await scanned();
    expect(batch.broken).toEqual([
      { logIndex: 3, offset: entries + ENTRY_BYTES, reason: 'its payload is damaged' },
    ]);
    expect([batch.units[1], batch.terms[1], batch.chain]).toEqual([NOWHERE, 2, image.state.chain]);
  });

  test('with a damaged header goes on with the next entry', async () => {
    damage(entries + 3);
    damage(entries + ENTRY_BYTES + 20);
    const batch = await scanned();
    expect(batch.broken.map(({ logIndex }) => logIndex)).toEqual([2, 3]);
    expect([...batch.terms]).toEqual([NaN, NaN, 2, 2]);
    expect([...batch.units].slice(0, 2)).toEqual([NOWHERE, NOWHERE]);
  });

  test('of which nothing after a point is left names all entries from there on', async () => {
    image.bytes.fill(0x55, entries + ENTRY_BYTES, image.end - MARK_BYTES);
    const batch = await scanned();
    expect(batch.broken.map(({ logIndex }) => logIndex)).toEqual([3, 4, 5]);
    expect(batch).toMatchObject({ isMetadataLost: false, isMetadataWorn: true });
  });

  test('keeps its metadata as long as one copy is intact', async () => {
    damage(start + MARK_BYTES);
    expect(await scanned()).toMatchObject({ isMetadataWorn: true, isMetadataLost: false });
    damage(image.end - MARK_BYTES - METADATA_BYTES);
    const batch = await scanned();
    expect(batch).toMatchObject({ metadata: undefined, isMetadataLost: true });
    expect(isWhole(batch)).toBe(false);
  });

  test('whose parts are intact but of different batches is broken as a whole', async () => {
    const other = new SegmentImage(3, 4_096);
    other.add(appending(other.state, [entryOf(1, 1, 10)]));
    const more = [2, 3, 4, 5].map((logIndex) => entryOf(logIndex, 9, 16));
    other.add(appending(other.state, more, Uint8Array.of(5, 5, 5)));
    const entry = [entries, entries + ENTRY_BYTES] as const;
    image.bytes.set(other.bytes.subarray(...entry), entry[0]);
    const batch = await scanned();
    expect(batch.broken.map(({ logIndex }) => logIndex)).toEqual([2, 3, 4, 5]);
    expect(batch.broken[0]!.reason).toContain('do not belong together');
  });

  test('larger than the window is read like any other', async () => {
    const large = new SegmentImage(3, 3_200_000);
    large.add(appending(large.state, [entryOf(1, 1, 1_500_000), entryOf(2, 1, 1_500_000)]));
    const read = async (): Promise<ScannedBatch> => {
      const scan = await SegmentScan.open(await fileOf(large.bytes), 3);
      return readBatch(scan, (await scan.findMark(32))!, 0);
    };
    expect(isWhole(await read())).toBe(true);
    large.bytes[2_900_000]! ^= 1;
    expect((await read()).broken).toMatchObject([
      { logIndex: 2, reason: 'its payload is damaged' },
    ]);
  });
});
