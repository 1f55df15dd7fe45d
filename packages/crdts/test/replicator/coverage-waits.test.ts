import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { Replicator } from '../../src/replicator/replicator.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { TextLog } from '../support/text-log.ts';

/** Three nodes with a document 'a'; what `flushed` of a node waits for can be held back. */
function stage() {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock });
  const [n1, n2, n3] = ['n1', 'n2', 'n3'].map((name, index) => {
    const id = nodeId(name);
    const log = new TextLog(name);
    const disk = { durable: Promise.resolve(), isKept: true };
    const random = seededRandom(index + 1);
    const replicator = new Replicator({ transport: network.join(id), clock, random });
    const attach = (what: TextLog): (() => void) =>
      replicator.attach('a', what, { flushed: () => disk.durable, keeps: () => disk.isKept });
    return { id, log, replicator, disk, attach, detach: attach(log) };
  });
  if (n1 === undefined || n2 === undefined || n3 === undefined) throw new Error('three nodes');
  return { clock, n1, n2, n3 };
}

describe('whoever waits until peers have what it wrote', () => {
  test('hears of it once that many have it, and of who they are', async () => {
    const { clock, n1, n2, n3 } = stage();
    await clock.advance(1_000);
    n1.log.add('x');
    const waiting = n1.replicator.whenCovered('a', { peerCount: 2, timeoutMs: 500 });
    await clock.advance(100);
    expect(await waiting).toEqual([n2.id, n3.id]);
  });

  test('does not count a peer on whose disk it is not yet', async () => {
    const { clock, n1, n2, n3 } = stage();
    await clock.advance(1_000);
    let sync = (): void => undefined;
    n2.disk.durable = new Promise((resolve) => {
      sync = resolve;
    });
    n1.log.add('x');
    const both = n1.replicator.whenCovered('a', { peerCount: 2, timeoutMs: 200 });
    await clock.advance(300);
    expect(await both).toEqual([n3.id]);
    sync();
    await clock.advance(3_000);
    const again = n1.replicator.whenCovered('a', { peerCount: 2, timeoutMs: 200 });
    expect(await again).toEqual([n2.id, n3.id]);
  });

  test('is not kept waiting by what is written behind it', async () => {
    const { clock, n1 } = stage();
    await clock.advance(1_000);
    n1.log.add('x');
    let covered: readonly string[] | undefined;
    void n1.replicator.whenCovered('a', { peerCount: 2, timeoutMs: 60_000 }).then((peers) => {
      covered = peers;
    });
    for (let round = 0; round < 50 && covered === undefined; round += 1) {
      n1.log.add(`more ${round}`);
      await clock.advance(1);
    }
    expect(covered).toHaveLength(2);
  });

  test('does not count a peer that has detached the document since', async () => {
    const { clock, n1, n2, n3 } = stage();
    n1.log.add('x');
    await clock.advance(1_000);
    expect(n1.replicator.coverage('a')).toEqual([n2.id, n3.id]);
    n2.detach();
    await clock.advance(10);
    expect(n1.replicator.coverage('a')).toEqual([n3.id]);
    const both = n1.replicator.whenCovered('a', { peerCount: 2, timeoutMs: 100 });
    await clock.advance(200);
    expect(await both).toEqual([n3.id]);
  });

  test('does not count a peer that lost all and began anew, before it has all again', async () => {
    const { clock, n1, n2, n3 } = stage();
    n1.log.add('x');
    await clock.advance(1_000);
    let sync = (): void => undefined;
    n2.disk.durable = new Promise((resolve) => {
      sync = resolve;
    });
    n2.detach();
    const again = new TextLog('n2, second life');
    n2.attach(again);
    await clock.advance(5_000);
    expect(n1.replicator.coverage('a')).toEqual([n3.id]);
    sync();
    await clock.advance(5_000);
    expect(again.texts).toEqual(n1.log.texts);
    expect(n1.replicator.coverage('a')).toEqual([n2.id, n3.id]);
  });

  test('does not count a peer that only passes it on, until that means to keep it', async () => {
    const { clock, n1, n2, n3 } = stage();
    await clock.advance(1_000);
    n2.disk.isKept = false;
    n1.log.add('x');
    await clock.advance(1_000);
    expect(n2.log.texts).toEqual(n1.log.texts);
    expect(n1.replicator.coverage('a')).toEqual([n3.id]);
    expect(n2.replicator.coverage('a')).toEqual([n1.id, n3.id]);
    n2.disk.isKept = true;
    n1.log.add('y');
    await clock.advance(100);
    expect(n1.replicator.coverage('a')).toEqual([n2.id, n3.id]);
  });

  test('may say which peers count', async () => {
    const { clock, n1, n2, n3 } = stage();
    n3.detach();
    await clock.advance(1_000);
    n1.log.add('x');
    const options = { peerCount: 1, timeoutMs: 100 };
    const third = n1.replicator.whenCovered('a', { ...options, among: [n3.id] });
    const second = n1.replicator.whenCovered('a', { ...options, among: [n2.id] });
    await clock.advance(200);
    expect([await second, await third]).toEqual([[n2.id], []]);
  });

  test.each(['detach', 'close'] as const)('gets what there is on %s', async (how) => {
    const { clock, n1 } = stage();
    const waiting = n1.replicator.whenCovered('a', { peerCount: 1, timeoutMs: 60_000 });
    if (how === 'detach') n1.detach();
    else n1.replicator.close();
    expect(await waiting).toEqual([]);
    await clock.advance(60_000);
  });

  test('is told of a mistake', async () => {
    const { n1 } = stage();
    const ask = (document: string, peerCount: number, timeoutMs: number) =>
      n1.replicator.whenCovered(document, { peerCount, timeoutMs });
    await expect(ask('b', 1, 1)).rejects.toThrow(RangeError);
    for (const count of [0, 1.5, Number.NaN]) {
      await expect(ask('a', count, 1)).rejects.toThrow('peerCount: expected');
    }
    for (const time of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(ask('a', 1, time)).rejects.toThrow('timeoutMs: expected');
    }
  });
});
