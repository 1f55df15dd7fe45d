import { SnapshotStore } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { SnapshotChunk, SnapshotChunkReply } from '../../src/messages.ts';
import { SnapshotReceiver } from '../../src/node/snapshot-receiver.ts';

const leader = nodeId('b');
const data = Uint8Array.from({ length: 1_000 }, (_, at) => at & 0xff);
const crc = crc32c(data, 0, data.length);

function chunkOf(from: number, to: number, change: Partial<SnapshotChunk> = {}): SnapshotChunk {
  const part = data.subarray(from, to);
  return {
    kind: 'snapshotChunk',
    term: 3,
    snapshot: {
      lastIncludedIndex: 50,
      lastIncludedTerm: 2,
      configuration: configurationOf([leader]),
      configurationIndex: 0,
    },
    sizeBytes: data.length,
    crc,
    offset: from,
    dataCrc: crc32c(part, 0, part.length),
    data: part,
    ...change,
  };
}

const offer = chunkOf(0, 0);

async function setUp(snapshotBytesMax = 10_000) {
  const disk = new MemoryDisk();
  const store = await SnapshotStore.open({ disk, directory: 's' });
  const replies: string[] = [];
  const whole: number[] = [];
  const target = { store, snapshotBytesMax };
  const receiver: SnapshotReceiver = new SnapshotReceiver(target, {
    reply: (_, { result, offset }: SnapshotChunkReply) => replies.push(`${result} ${offset}`),
    onWhole: (_from, _term, { lastIncludedIndex }) => whole.push(lastIncludedIndex),
    onFailed: (error) => replies.push(String(error)),
  });
  /** Gives it a chunk, and the disk the time it needs. */
  const take = async (chunk: SnapshotChunk): Promise<readonly string[]> => {
    replies.length = 0;
    receiver.take(leader, chunk);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
    return [...replies];
  };
  return { disk, store, receiver, take, whole };
}

describe('SnapshotReceiver', () => {
  test('answers an offer with what it has, and hands over the whole', async () => {
    const { take, whole, receiver } = await setUp();
    expect(await take(offer)).toEqual(['held 0']);
    expect(await take(chunkOf(0, 400))).toEqual(['held 400']);
    expect(receiver.progress).toEqual({ sizeBytes: 1_000, receivedBytes: 400 });
    expect(await take(chunkOf(0, 400))).toEqual(['held 400']);
    expect(await take(chunkOf(600, 1_000))).toEqual(['gap 400']);
    expect(await take(chunkOf(400, 1_000))).toEqual(['held 1000']);
    expect(whole).toEqual([50]);
    expect(receiver.refusedCount).toBe(0);
  });

  // Mutation: leave out the comparison with `dataCrc`; the piece is then stored.
  test('refuses and counts a damaged piece', async () => {
    const { take, receiver } = await setUp();
    await take(offer);
    expect(await take(chunkOf(0, 400, { dataCrc: 1 }))).toEqual(['damaged 0']);
    expect([receiver.refusedCount, receiver.progress?.receivedBytes]).toEqual([1, 0]);
  });

  test('refuses and counts a piece of what nobody offered', async () => {
    const { take, receiver } = await setUp();
    expect(await take(chunkOf(0, 400))).toEqual(['unknown 0']);
    await take(offer);
    expect(await take(chunkOf(0, 400, { crc: 5 }))).toEqual(['unknown 0']);
    expect(receiver.refusedCount).toBe(2);
  });

  // Mutation: leave out the check; the offer is then answered.
  test('refuses a size above the limit before it touches the disk', async () => {
    const { take, receiver, disk } = await setUp();
    const before = await disk.list('s');
    expect(await take(chunkOf(0, 0, { sizeBytes: 10_001 }))).toEqual([]);
    expect(await disk.list('s')).toEqual(before);
    expect(receiver.refusedCount).toBe(1);
  });

  test('begins anew where the whole is not what was announced', async () => {
    const { take, whole, receiver } = await setUp();
    const wrong = { crc: 99 };
    await take(chunkOf(0, 0, wrong));
    await take(chunkOf(0, 1_000, wrong));
    expect([whole, receiver.refusedCount]).toEqual([[], 1]);
    expect(await take(chunkOf(0, 0, wrong))).toEqual(['held 0']);
  });

  test('gives way to a newer snapshot, and not to an older one of the same leader', async () => {
    const { take, receiver } = await setUp();
    const at = (lastIncludedIndex: number) => ({
      snapshot: { ...offer.snapshot, lastIncludedIndex },
    });
    await take(offer);
    await take(chunkOf(0, 400));
    expect(await take(chunkOf(0, 0, at(40)))).toEqual([]);
    expect(receiver.progress?.receivedBytes).toBe(400);
    expect(await take(chunkOf(0, 0, at(60)))).toEqual(['held 0']);
  });

  test('hands its file to one taker', async () => {
    const { take, receiver, store } = await setUp();
    await take(offer);
    await take(chunkOf(0, 999));
    expect(() => receiver.claim(offer.snapshot)).toThrow('only a stored snapshot is installed');
    expect(await store.latest()).toBeUndefined();
  });

  test('leaves what arrived for the next life', async () => {
    const { take, receiver, store } = await setUp();
    await take(offer);
    await take(chunkOf(0, 400));
    receiver.stop();
    expect(await take(chunkOf(400, 800))).toEqual([]);
    const { snapshot } = offer;
    const { lastIncludedIndex, lastIncludedTerm } = snapshot;
    expect(lastIncludedIndex + lastIncludedTerm).toBe(52);
    expect(await store.latest()).toBeUndefined();
  });
});
