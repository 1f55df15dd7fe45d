import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { Peers } from '../../src/node/peers.ts';

const peer = nodeId('n2');

describe('Peers', () => {
  test('tells of a restart once, and not of the first sight', () => {
    const peers = new Peers(() => undefined);
    expect(peers.onSeen(peer, 3)).toBeUndefined();
    expect(peers.onSeen(peer, 3)).toBeUndefined();
    expect(peers.onSeen(peer, 5)).toEqual({ kind: 'peerRestarted', peer });
    expect(peers.onSeen(peer, 5)).toBeUndefined();
    expect(peers.onPeerEvent({ kind: 'up', peer, incarnation: 6 })).toEqual({
      kind: 'peerRestarted',
      peer,
    });
  });

  test('ignores what an earlier incarnation still says', () => {
    const peers = new Peers(() => undefined);
    peers.onSeen(peer, 5);
    expect(peers.onSeen(peer, 4)).toBeUndefined();
    expect(peers.onSeen(peer, 5)).toBeUndefined();
  });

  test('tells that a peer cannot be reached once, until it can', () => {
    const peers = new Peers(() => undefined);
    const unreachable = { kind: 'peerUnreachable', peer };
    expect(peers.onOffered(peer, false)).toEqual(unreachable);
    expect(peers.onOffered(peer, false)).toBeUndefined();
    expect(peers.onPeerEvent({ kind: 'down', peer, reason: 'timeout' })).toBeUndefined();
    expect(peers.onOffered(peer, true)).toBeUndefined();
    expect(peers.onPeerEvent({ kind: 'down', peer, reason: 'timeout' })).toEqual(unreachable);
    expect(peers.onPeerEvent({ kind: 'up', peer, incarnation: 1 })).toBeUndefined();
    expect(peers.onOffered(peer, false)).toEqual(unreachable);
  });

  test('calls for each life of a peer once, the first one included', () => {
    const lives: string[] = [];
    const peers = new Peers((each) => lives.push(each));
    for (const incarnation of [3, 3, 2, 5]) peers.onSeen(peer, incarnation);
    peers.onPeerEvent({ kind: 'up', peer, incarnation: 5 });
    expect(lives).toEqual([peer, peer]);
  });

  test('makes nothing of a drained queue', () => {
    expect(new Peers(() => undefined).onPeerEvent({ kind: 'drained', peer })).toBeUndefined();
  });
});
