import { nodeId, type PeerEvent, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import type { NetworkOptions } from '../src/index.ts';
import { Talkers } from './support/talkers.ts';

test('nothing of an older life of the sender is heard after something of the newer', async () => {
  const network = { replayRate: 0.5, replayDelayMs: 500 };
  const talkers = new Talkers(['a', 'b'], { network });
  for (let life = 0; life < 5; life += 1) {
    await talkers.simulation.run(50);
    for (let index = 0; index < 100; index += 1) talkers.say('a', 'b', 'x');
    await talkers.simulation.run(50);
    talkers.simulation.crash(nodeId('a'));
    talkers.simulation.restart(nodeId('a'));
  }
  await talkers.simulation.run(1_000);
  const lives = talkers.heard.map(({ incarnation }) => incarnation);
  expect(lives).toEqual(lives.toSorted((x, y) => x - y));
  expect(talkers.simulation.trace.lines().some(({ detail }) => detail === 'stale')).toBe(true);
});

test('the bytes lent to a listener are spoilt when it returns', async () => {
  const talkers = new Talkers(['a', 'b']);
  await talkers.simulation.run(10);
  const kept: Uint8Array[] = [];
  const other = talkers.transports.get('b');
  other?.subscribe(protocolName('keep'), ({ payload }) => kept.push(payload));
  talkers.transports.get('a')?.send(nodeId('b'), protocolName('keep'), Uint8Array.of(1, 2, 3));
  await talkers.simulation.run(10);
  expect(kept).toEqual([Uint8Array.of(0xdb, 0xdb, 0xdb)]);
});

test('says of itself what the network does', async () => {
  const capabilitiesWith = async (network: NetworkOptions): Promise<unknown> => {
    const talkers = new Talkers(['a'], { network });
    await talkers.simulation.run(1);
    return talkers.transports.get('a')?.capabilities;
  };
  const same = { maxPayloadBytes: 2 ** 24, authenticated: true, encrypted: true };
  const unordered = { ...same, ordering: 'none', mayDuplicate: true };
  expect(await capabilitiesWith({})).toEqual(unordered);
  const ordered = { ...same, ordering: 'session', mayDuplicate: false };
  expect(await capabilitiesWith({ ordering: 'session' })).toEqual(ordered);
  expect(await capabilitiesWith({ maxPayloadBytes: 1_200 })).toEqual({
    ...unordered,
    maxPayloadBytes: 1_200,
  });
});

test('one function may observe twice and stop once', async () => {
  const talkers = new Talkers(['a', 'b']);
  await talkers.simulation.run(0);
  const seen: PeerEvent[] = [];
  const observe = (event: PeerEvent): void => void seen.push(event);
  const transport = talkers.transports.get('a');
  const stop = transport?.observePeers(observe);
  transport?.observePeers(observe);
  stop?.();
  stop?.();
  await talkers.simulation.run(100);
  expect(seen).toEqual([{ kind: 'up', peer: 'b', incarnation: 1 }]);
});
