import { describe, expect, test } from 'vitest';

import { EpochTable } from '../../src/broadcast/epoch-table.ts';
import { PeerKnowledge } from '../../src/broadcast/peer-knowledge.ts';
import { membersOf } from '../support/members.ts';

const of = (...counters: number[]): Float64Array => Float64Array.from(counters);
const table = new EpochTable(1, membersOf('a@1', 'b@1', 'c@1'));
const [a, b, c] = [0, 1, 2];

describe('what all have acknowledged', () => {
  const cutOf = (peers: PeerKnowledge): readonly number[] => {
    const cut = of(5, 5, 5);
    peers.lowerToAcknowledged(cut);
    return [...cut];
  };

  test('is nothing until each has reported', () => {
    const peers = new PeerKnowledge(table, a);
    peers.acknowledge(b, of(3, 4, 9));
    peers.acknowledge(c, of(4, 4, 4));
    expect([cutOf(peers), peers.haveAllReported]).toEqual([[0, 0, 0], false]);
    peers.report(b, of(-1, -1, -1));
    peers.report(c, of(-1, -1, -1));
    expect([cutOf(peers), peers.haveAllReported]).toEqual([[3, 4, 4], true]);
  });

  test('never grows less by what comes late', () => {
    const peers = new PeerKnowledge(table, a);
    for (const peer of [b, c]) peers.report(peer, of(-1, -1, -1));
    for (const peer of [b, c]) peers.acknowledge(peer, of(3, 3, 3));
    peers.acknowledge(b, of(1, 1, 1));
    expect(cutOf(peers)).toEqual([3, 3, 3]);
  });

  test('is not what was only heard of', () => {
    const peers = new PeerKnowledge(table, a);
    for (const peer of [b, c]) peers.report(peer, of(-1, -1, -1));
    peers.hear(b, of(3, 3, 3));
    expect([cutOf(peers), peers.deliveredOf(b, c)]).toEqual([[0, 0, 0], 3]);
  });

  test('is what this one has, if it is alone', () => {
    const peers = new PeerKnowledge(new EpochTable(1, membersOf('a@1')), 0);
    expect(cutOf(peers).slice(0, 1)).toEqual([5]);
    expect(peers.haveAllReported).toBe(true);
  });
});

test('all are done with a departed one when each has as much, and holds nothing behind it', () => {
  const peers = new PeerKnowledge(table, a);
  peers.report(b, of(-1, -1, 4));
  expect(peers.areDoneWith(c, 4)).toBe(false);
  peers.report(c, of(-1, -1, 3));
  expect(peers.areDoneWith(c, 4)).toBe(false);
  peers.report(c, of(-1, -1, 4));
  expect([peers.areDoneWith(c, 4), peers.areDoneWith(c, 3)]).toEqual([true, false]);
  peers.report(b, of(-1, -1, Infinity));
  expect([peers.areDoneWith(c, 4), peers.areDoneWith(c, 3)]).toEqual([true, false]);
});
