import { crc32c } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  areaOf,
  checkSegmentHeader,
  MARK_BYTES,
  SEGMENT_HEADER_BYTES,
  segmentSeed,
} from '../src/log-format.ts';
import { type RecoveredLog, recoverLog } from '../src/log-recovery.ts';
import { SegmentScan } from '../src/segment-scan.ts';
import { appending, entryOf, fileOf, SegmentImage } from './support/files.ts';

async function recover(...images: readonly SegmentImage[]): Promise<RecoveredLog> {
  return recoverLog(
    images.map(({ sequence, bytes }) => ({
      sequence,
      path: `${sequence}.wal`,
      scan: async () => SegmentScan.open(await fileOf(bytes), sequence),
    })),
  );
}

const damagedOf = ({ damage, index }: RecoveredLog): readonly number[] =>
  damage.entries((logIndex) => index.termAt(logIndex)).map(({ logIndex }) => logIndex);

/** A segment with one entry in each of five batches, and where each batch begins. */
function five(sequence = 1): { image: SegmentImage; starts: readonly number[] } {
  const image = new SegmentImage(sequence, 8_192);
  const starts = [1, 2, 3, 4, 5].map((logIndex) =>
    image.add(appending(image.state, [entryOf(logIndex, 1, 100)])),
  );
  return { image, starts };
}

/** Makes noise of a stretch, with nothing intact in it. */
function ruin(image: SegmentImage, from: number, to: number): void {
  image.bytes.fill(0x5a, from, to);
}

describe('an intact log', () => {
  test('of no segments is empty', async () => {
    const { state, index, tail } = await recover();
    expect([state.lastIndex, index.lastIndex, tail]).toEqual([0, 0, undefined]);
  });

  test('goes on where its last batch ends', async () => {
    const { image } = five();
    const { state, tail, droppedTailBytes, blemishes } = await recover(image);
    expect(state).toEqual(image.state);
    expect(tail).toMatchObject({ sequence: 1, end: image.end, readyEnd: 8_192, isClean: true });
    expect([droppedTailBytes, blemishes]).toEqual([0, []]);
  });

  test('continues from segment to segment', async () => {
    const { image } = five();
    const next = new SegmentImage(2, 4_096, image.state);
    next.add(appending(next.state, [entryOf(4, 2, 10)], undefined, 4));
    const { index, segments, state } = await recover(image, next);
    expect(state).toEqual(next.state);
    expect([3, 4, 5].map((logIndex) => index.termAt(logIndex))).toEqual([1, 2, undefined]);
    expect([segments.of(3), segments.of(4)]).toEqual([1, 2]);
  });
});

describe('lost batches', () => {
  test('in the middle cost their entries and no others', async () => {
    const { image, starts } = five();
    ruin(image, starts[1]!, starts[3]!);
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([2, 3]);
    expect(recovered.state.lastIndex).toBe(5);
    expect(recovered.index.termAt(4)).toBe(1);
  });

  test('give back entries that are intact by themselves', async () => {
    const { image, starts } = five();
    // Both marks of two batches, and of one of them the entry as well.
    ruin(image, starts[1]!, starts[1]! + MARK_BYTES);
    ruin(image, starts[2]! - MARK_BYTES, starts[2]! + MARK_BYTES + 8);
    ruin(image, starts[3]! - MARK_BYTES, starts[3]!);
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([3]);
    expect(recovered.index.termAt(2)).toBe(1);
  });

  test('that may have replaced entries cost the replaced ones, too', async () => {
    const { image } = five();
    const truncation = image.add(appending(image.state, [entryOf(4, 2, 10)], undefined, 4));
    const end = image.end;
    image.add(appending(image.state, [entryOf(5, 2, 10)]));
    ruin(image, truncation, end);
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([4]);
    expect([3, 4, 5].map((logIndex) => recovered.index.termAt(logIndex))).toEqual([
      1,
      undefined,
      2,
    ]);
  });

  test('at the end of a segment are found out by the next one', async () => {
    const { image, starts } = five();
    const next = new SegmentImage(2, 4_096, image.state);
    next.add(appending(next.state, [entryOf(6, 1, 10)]));
    ruin(image, starts[3]!, image.end);
    expect(damagedOf(await recover(image, next))).toEqual([4, 5]);
    expect(damagedOf(await recover(next))).toEqual([1, 2, 3, 4, 5]);
  });

  test('over several segments with truncations leave nothing to rely on', async () => {
    const { image } = five();
    const second = new SegmentImage(2, 4_096, image.state);
    second.add(appending(second.state, [entryOf(2, 2, 10)], undefined, 2));
    const third = new SegmentImage(3, 4_096, second.state);
    third.add(appending(third.state, [entryOf(3, 2, 10)]));
    const recovered = await recover(image, third);
    expect(damagedOf(recovered)).toEqual([1, 2]);
    expect(recovered.index.termAt(3)).toBe(2);
  });

  test('are no loss once a compaction covers them', async () => {
    const { image, starts } = five();
    const compaction = appending(image.state, []);
    compaction.add({ kind: 'compact', logIndex: 3, term: 1 });
    image.add(compaction);
    ruin(image, starts[1]!, starts[2]!);
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([]);
    expect([recovered.index.firstIndex, recovered.state.lastIndex]).toEqual([4, 5]);
  });

  test('are no loss once a truncation has replaced them', async () => {
    const { image, starts } = five();
    image.add(appending(image.state, [entryOf(2, 2, 10)], undefined, 2));
    ruin(image, starts[2]!, starts[3]!);
    expect(damagedOf(await recover(image))).toEqual([]);
  });

  test.each([2, 9])('of a reset to %i are no loss', async (logIndex) => {
    const { image } = five();
    const reset = appending(image.state, []);
    reset.add({ kind: 'reset', logIndex, term: 4, metadata: undefined });
    const start = image.add(reset);
    const end = image.end;
    image.add(appending(image.state, [entryOf(logIndex + 1, 5, 10)]));
    ruin(image, start, end);
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([]);
    expect(recovered.index.firstIndex).toBe(logIndex + 1);
    expect(recovered.state).toMatchObject({ lastIndex: logIndex + 1, compactedTerm: 4 });
  });
});

describe('the last batch', () => {
  test('is dropped if some of it was never written', async () => {
    const { image, starts } = five();
    const torn = new SegmentImage(1, 8_192);
    image.bytes.set(torn.bytes.subarray(starts[4]! + 96, starts[4]! + 104), starts[4]! + 96);
    const { state, tail, droppedTailBytes } = await recover(image);
    expect(state.lastIndex).toBe(4);
    expect(tail).toMatchObject({ end: starts[4], isClean: false });
    expect(droppedTailBytes).toBe(image.end - starts[4]!);
  });

  test('is reported if all of it was written', async () => {
    const { image, starts } = five();
    image.bytes[starts[4]! + MARK_BYTES + 40]! ^= 1;
    const recovered = await recover(image);
    expect(damagedOf(recovered)).toEqual([5]);
    expect(recovered.tail).toMatchObject({ isClean: false, lastBatch: undefined });
    expect(recovered.damage.find(5, 5)!.reason).toContain('may not have finished');
  });

  test('that lacks only a mark is whole', async () => {
    const { image } = five();
    ruin(image, image.end - MARK_BYTES, image.end);
    const { state, tail, blemishes } = await recover(image);
    expect(state).toEqual(image.state);
    expect(tail).toMatchObject({ isClean: true, lastBatch: { hasClosing: false } });
    expect(blemishes).toEqual([]);
  });

  test.each<[string, (image: SegmentImage, start: number) => void]>([
    ['noise', (image, start) => ruin(image, start, image.end)],
    ['zeros', (image, start) => void image.bytes.fill(0, start, image.end)],
    ['zeros to the end of the file', (image, start) => void image.bytes.fill(0, start)],
  ])('overwritten with %s is not taken for nothing', async (_title, change) => {
    const { image, starts } = five();
    change(image, starts[4]!);
    await expect(recover(image)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
});

describe('metadata', () => {
  function voted(): { image: SegmentImage; start: number } {
    const { image } = five();
    const start = image.add(appending(image.state, [], Uint8Array.of(4, 2)));
    return { image, start };
  }

  test('in force and lost in both copies keeps the log from opening', async () => {
    const { image, start } = voted();
    image.add(appending(image.state, [entryOf(6, 1, 10)]));
    image.bytes[start + MARK_BYTES]! ^= 1;
    image.bytes[start + MARK_BYTES + 8]! ^= 1;
    await expect(recover(image)).rejects.toThrow('what this node has promised is unknown');
    image.add(appending(image.state, [], Uint8Array.of(5)));
    expect((await recover(image)).state.metadata).toEqual(Uint8Array.of(5));
  });

  test('lost with its whole batch is missed all the same', async () => {
    const { image, start } = voted();
    const end = image.end;
    image.add(appending(image.state, [entryOf(6, 1, 10)]));
    ruin(image, start, end);
    await expect(recover(image)).rejects.toThrow('what this node has promised is unknown');
  });
});

describe('a segment header', () => {
  test('that is damaged costs nothing and is said', async () => {
    const { image } = five();
    ruin(image, 0, SEGMENT_HEADER_BYTES);
    const { state, blemishes } = await recover(image);
    expect(state).toEqual(image.state);
    expect(blemishes).toEqual([
      { path: '1.wal', offset: 0, reason: 'the segment header is damaged' },
    ]);
  });

  test('of a later version is refused', async () => {
    const { image } = five();
    const area = areaOf(image.bytes);
    area.view.setUint32(8, 2);
    area.view.setUint32(28, crc32c(image.bytes, 0, 28, segmentSeed(1)));
    expect(checkSegmentHeader(area, 1)).toBe('foreign');
    await expect(recover(image)).rejects.toMatchObject({ code: 'LOG_UNSUPPORTED' });
  });

  test('of a file that is no segment does not help it', async () => {
    const { image } = five();
    const noise = new SegmentImage(2, 4_096);
    noise.bytes.fill(0x33);
    await expect(recover(image, noise)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    await expect(recover(image, new SegmentImage(2, 64))).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
    });
  });
});
