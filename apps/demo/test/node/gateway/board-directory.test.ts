import { encodeScalable, ScalableFilter } from '@quorate/bloom-filter';
import {
  type Clock,
  type NodeId,
  nodeId,
  type Random,
  type Timer,
  type Transport,
} from '@quorate/transport';
import { expect, test } from 'vitest';

import { BoardDirectory } from '../../../src/node/gateway/board-directory.ts';
import { type BoardNews, boardNewsCodec } from '../../../src/node/gateway/board-news.ts';

const [n2, n3] = [nodeId('n2'), nodeId('n3')];
const LIFE = 7;
const whole = encodeScalable(new ScalableFilter({ itemCount: 1_000, falsePositiveRate: 0.01 }));

/** A directory on a clock that is set, which hears what it is told to hear. */
function opened(peers: readonly NodeId[] = [n2]) {
  let listener: Parameters<Transport['subscribe']>[1] = () => undefined;
  const sent: BoardNews[] = [];
  const timers: { readonly atMs: number; readonly callback: () => void; isOver: boolean }[] = [];
  let nowMs = 0;
  const transport = {
    localId: nodeId('n1'),
    subscribe: (_: unknown, given: typeof listener) => {
      listener = given;
      return () => undefined;
    },
    send: (_to: NodeId, _protocol: unknown, payload: Uint8Array) => {
      sent.push(boardNewsCodec.decode(payload));
      return 'accepted';
    },
  } as unknown as Transport;
  const clock = {
    nowMs: () => nowMs,
    setTimer: (delayMs: number, callback: () => void): Timer => {
      const timer = { atMs: nowMs + delayMs, callback, isOver: false };
      timers.push(timer);
      return { cancel: () => (timer.isOver = true) };
    },
  } as unknown as Clock;
  const random = { uint32: () => LIFE } as Random;
  const directory = new BoardDirectory({ transport, clock, random });
  directory.setPeers(peers);
  const hear = (news: BoardNews, from = n2): void =>
    listener({ from, payload: boardNewsCodec.encode(news), incarnation: 1, receivedAtMs: nowMs });
  const passTo = (atMs: number): void => {
    nowMs = atMs;
    for (const timer of timers.filter((one) => !one.isOver && one.atMs <= atMs)) {
      timer.isOver = true;
      timer.callback();
    }
  };
  /** Whether what a creation waits for has come. */
  const announced = () => {
    const seen = { isOver: false };
    void directory.announced().then(() => (seen.isOver = true));
    return async () => {
      await Promise.resolve();
      return seen.isOver;
    };
  };
  return { directory, hear, passTo, sent, announced };
}

const leave = (life: number, number: number, askedAtMs: number): BoardNews => ({
  ...{ kind: 'whole', life, number, askedAtMs },
  filter: whole,
});

test('what is spared and what was asked in vain is counted, once all nodes gave leave', () => {
  const { directory, hear } = opened();
  expect(directory.mayExist('b-nobody')).toBe(true);
  directory.noteMissing();
  expect(directory.figures()).toMatchObject({ savedCount: 0, wrongCount: 0, fillRatio: 0 });
  hear(leave(1, 0, 0));
  expect(directory.mayExist('b-nobody')).toBe(false);
  directory.add('b-ours');
  expect(directory.mayExist('b-ours')).toBe(true);
  directory.noteMissing();
  const { savedCount, wrongCount, fillRatio } = directory.figures();
  expect([savedCount, wrongCount]).toEqual([1, 1]);
  expect(fillRatio).toBeGreaterThan(0);
});

test('leave counts from the question, is asked for again, and ends', () => {
  const { directory, hear, passTo, sent } = opened([n2, n3]);
  passTo(5_000);
  directory.mayExist('b-nobody');
  expect(sent).toEqual([n2, n3].map(() => ({ kind: 'ask', life: 0, number: 0, askedAtMs: 5_000 })));
  passTo(5_400);
  hear(leave(1, 0, 5_000), n2);
  hear(leave(2, 0, 6_000), n3);
  // Nobody asked for that yet.
  expect(directory.mayExist('b-nobody')).toBe(true);
  hear(leave(2, 0, 5_400), n3);
  expect(directory.mayExist('b-nobody')).toBe(false);
  passTo(5_900);
  expect(directory.mayExist('b-nobody')).toBe(true);
  expect(sent.slice(2).map((news) => [news.kind, news.life])).toEqual([
    ['ask', 1],
    ['ask', 2],
    ['ask', 1],
    ['ask', 2],
  ]);
});

test('news that were missed end leave, and so does another life of a node', () => {
  const { directory, hear } = opened();
  hear(leave(1, 3, 0));
  hear({ kind: 'added', life: 1, number: 5, boardId: 'b-5' });
  expect(directory.mayExist('b-4')).toBe(true);
  hear({ kind: 'same', life: 2, number: 3, askedAtMs: 0 });
  expect(directory.mayExist('b-4')).toBe(true);
  hear(leave(2, 5, 0));
  expect(directory.mayExist('b-4')).toBe(false);
});

test('nobody waits for those who have no leave', async () => {
  const { directory, passTo, announced } = opened();
  passTo(1_000);
  directory.add('b-1');
  expect(await announced()()).toBe(true);
});

test('who makes a board waits until all who have leave know, or have none any more', async () => {
  const { directory, hear, passTo, sent, announced } = opened([n2, n3]);
  passTo(1_000);
  const ask = { kind: 'ask', life: 0, number: 0, askedAtMs: 0 } as const;
  for (const peer of [n2, n3]) hear(ask, peer);
  expect(sent.splice(0).map(({ kind }) => kind)).toEqual(['whole', 'whole']);
  directory.add('b-1');
  expect(sent.splice(0)).toEqual(
    [n2, n3].map(() => ({ kind: 'added', life: LIFE, number: 1, boardId: 'b-1' })),
  );
  const [both, one] = [announced(), announced()];
  hear({ ...ask, life: LIFE, number: 1 }, n2);
  expect(await both()).toBe(false);
  // What it says of another life is not of this one.
  hear({ ...ask, life: LIFE + 1, number: 9 }, n3);
  expect(await both()).toBe(false);
  passTo(1_999);
  expect(await both()).toBe(false);
  // Leave that was given meanwhile goes with the news.
  passTo(2_000);
  expect([await both(), await one()]).toEqual([true, true]);
  passTo(2_100);
  directory.add('b-2');
  const again = announced();
  for (const peer of [n2, n3]) hear({ ...ask, life: LIFE, number: 2 }, peer);
  expect(await again()).toBe(true);
});

test('to whom an earlier life gave leave is not known: all wait for the first second', async () => {
  const { directory, hear, passTo, announced } = opened();
  directory.add('b-1');
  const made = announced();
  hear({ kind: 'ask', life: LIFE, number: 1, askedAtMs: 0 });
  passTo(999);
  expect(await made()).toBe(false);
  passTo(1_000);
  expect(await made()).toBe(true);
});

test('no leave is given before all that is on the disk is known', () => {
  const { directory, hear, sent } = opened();
  hear({ kind: 'ask', life: 0, number: 0, askedAtMs: 0 });
  expect(sent).toHaveLength(1);
  directory.close();
});
