import { nodeId, type NodeId, type Transport } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { encodeScalable, ScalableFilter } from '@quorate/bloom-filter';

import { BoardDirectory } from '../../../src/node/gateway/board-directory.ts';
import { boardNewsCodec } from '../../../src/node/gateway/board-news.ts';

/** A directory that hears what it is told to hear, and sends nothing. */
function opened(): { readonly directory: BoardDirectory; readonly hear: (from: NodeId) => void } {
  let listener: Parameters<Transport['subscribe']>[1] = () => undefined;
  const transport = {
    subscribe: (_: unknown, given: typeof listener) => {
      listener = given;
      return () => undefined;
    },
    send: () => 'accepted',
  } as unknown as Transport;
  const directory = new BoardDirectory(transport, systemClock);
  directory.setPeers([nodeId('n2')]);
  const whole = encodeScalable(new ScalableFilter({ itemCount: 1_000, falsePositiveRate: 0.01 }));
  const payload = boardNewsCodec.encode({ kind: 'whole', number: 0, filter: whole });
  const hear = (from: NodeId): void => listener({ from, payload, incarnation: 1, receivedAtMs: 0 });
  return { directory, hear };
}

test('what is spared and what was asked in vain is counted, once all nodes were heard', () => {
  const { directory, hear } = opened();
  expect(directory.mayExist('b-nobody')).toBe(true);
  directory.noteMissing();
  expect(directory.figures()).toMatchObject({ savedCount: 0, wrongCount: 0, fillRatio: 0 });
  hear(nodeId('n2'));
  expect(directory.mayExist('b-nobody')).toBe(false);
  directory.add('b-ours');
  expect(directory.mayExist('b-ours')).toBe(true);
  directory.noteMissing();
  const { savedCount, wrongCount, fillRatio } = directory.figures();
  expect([savedCount, wrongCount]).toEqual([1, 1]);
  expect(fillRatio).toBeGreaterThan(0);
  directory.close();
});
