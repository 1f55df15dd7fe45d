import { SnapshotStore } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId, type SendOutcome } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { SnapshotChunkReply } from '../../src/messages.ts';
import { Pace } from '../../src/node/pace.ts';
import { SnapshotTransfer } from '../../src/node/snapshot-transfer.ts';
import { ManualClock } from '../support/manual-clock.ts';

const peer = nodeId('b');
const metadata = {
  lastIncludedIndex: 50,
  lastIncludedTerm: 2,
  configuration: configurationOf([peer]),
  configurationIndex: 0,
};

async function setUp() {
  const store = await SnapshotStore.open({ disk: new MemoryDisk(), directory: 's' });
  const header = { lastIncludedIndex: 50, lastIncludedTerm: 2, metadata: new Uint8Array(0) };
  await store.save(
    header,
    Uint8Array.from({ length: 1_000 }, (_, at) => at & 0xff),
  );
  const stream = (await store.openLatest())!;
  const clock = new ManualClock();
  const sent: string[] = [];
  const ends: string[] = [];
  const network: { outcome: SendOutcome } = { outcome: 'accepted' };
  const transfer = new SnapshotTransfer(
    { clock, pace: new Pace(Infinity), chunkBytes: 100, windowBytes: 300, retryMs: 500 },
    { peer, term: 3, metadata, stream },
    {
      offer: (_, message) => {
        if (message.kind !== 'snapshotChunk') throw new Error('chunks only');
        const { data, offset } = message;
        sent.push(data.length === 0 ? 'offer' : `${offset}+${data.length}`);
        return network.outcome;
      },
      onEnd: (outcome) => ends.push(outcome),
    },
  );
  const settle = async (): Promise<readonly string[]> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
    return sent.splice(0);
  };
  const reply = (result: SnapshotChunkReply['result'], offset: number) => {
    const about = { kind: 'snapshotChunkReply', term: 3, lastIncludedIndex: 50 } as const;
    transfer.onReply({ ...about, crc: stream.crc, result, offset });
    return settle();
  };
  return { clock, transfer, reply, settle, ends, network, crc: stream.crc };
}

describe('SnapshotTransfer', () => {
  test('offers, and begins where the peer says, within the window', async () => {
    const { transfer, settle, reply } = await setUp();
    transfer.offer();
    expect(await settle()).toEqual(['offer']);
    expect(await reply('held', 200)).toEqual(['200+100', '300+100', '400+100']);
    expect(await reply('held', 300)).toEqual(['500+100']);
    expect(await reply('held', 300)).toEqual([]);
    expect(transfer.progress).toEqual({ sizeBytes: 1_000, ackedBytes: 300 });
  });

  test('goes back to a gap at once, but once for each', async () => {
    const { transfer, reply } = await setUp();
    transfer.offer();
    await reply('held', 0);
    expect(await reply('gap', 100)).toEqual(['100+100', '200+100', '300+100']);
    expect(await reply('gap', 100)).toEqual([]);
    expect(await reply('damaged', 200)).toEqual(['200+100', '300+100', '400+100']);
  });

  test('offers again after silence, and where the peer knows of nothing', async () => {
    const { transfer, reply, settle, clock } = await setUp();
    transfer.offer();
    await reply('held', 0);
    clock.advance(500);
    expect(await settle()).toEqual(['offer']);
    await reply('held', 0);
    expect(await reply('unknown', 0)).toEqual(['offer']);
    expect(await reply('unknown', 0)).toEqual([]);
  });

  test('holds back where the transport has had enough', async () => {
    const { transfer, reply, settle, network } = await setUp();
    transfer.offer();
    await settle();
    network.outcome = 'pressured';
    expect(await reply('held', 0)).toEqual(['0+100']);
    network.outcome = 'accepted';
    expect(await reply('held', 100)).toEqual(['100+100', '200+100', '300+100']);
  });

  test('ends once, when the peer has all', async () => {
    const { transfer, reply, ends } = await setUp();
    transfer.offer();
    await reply('held', 900);
    await reply('held', 1_000);
    expect(await reply('held', 1_000)).toEqual([]);
    expect(ends).toEqual(['done']);
  });

  test('ignores answers about another snapshot, or beyond its end', async () => {
    const { transfer, reply, settle, crc } = await setUp();
    transfer.offer();
    await settle();
    const about = { kind: 'snapshotChunkReply', term: 3, result: 'held' } as const;
    transfer.onReply({ ...about, lastIncludedIndex: 51, crc, offset: 0 });
    transfer.onReply({ ...about, lastIncludedIndex: 50, crc: crc + 1, offset: 0 });
    expect(await reply('held', 1_001)).toEqual([]);
  });

  test('sends nothing after it was stopped', async () => {
    const { transfer, reply, clock } = await setUp();
    transfer.offer();
    transfer.stop();
    clock.advance(10_000);
    expect(await reply('held', 0)).toEqual(['offer']);
  });
});
