import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { RaftMessage } from '../../src/messages.ts';
import { CoreCluster, n1, n2 } from '../support/core-cluster.ts';
import { a, b, c, LoneNode, patient } from '../support/lone-node.ts';

// A follower that is being brought up to date campaigns (redpanda#30817). Only an append that fits
// its log restarts its timer there; while leader and follower still look for the place where their
// logs part, or a snapshot is on its way, the leader is talking to it all the time and it asks the
// others for votes.
//
// Protection: any word of the term's leader is one: `hearLeader` in src/replication.ts comes first
// in `onAppendEntries` and `onHeartbeat`, and before snapshots in `onReceive` of src/raft.ts.
// Mutation: call it after `isKnown` in `onAppendEntries`, and the first and the last test fail;
// drop it before `onSnapshotChunk` or `onInstallSnapshot`, and the case of that name fails.

const snapshot = {
  lastIncludedIndex: 40,
  lastIncludedTerm: 3,
  configuration: configurationOf([a, b, c]),
  configurationIndex: 0,
};

const words: readonly RaftMessage[] = [
  {
    ...{ kind: 'appendEntries', term: 3, prevLogIndex: 50, prevLogTerm: 3 },
    ...{ leaderCommit: 50, entries: [] },
  },
  { kind: 'heartbeat', term: 3, leaderCommit: 0, round: 1 },
  {
    ...{ kind: 'snapshotChunk', term: 3, snapshot, crc: 1, sizeBytes: 9 },
    ...{ offset: 0, dataCrc: 1, data: new Uint8Array(1) },
  },
  // An older one than what it has: taken in before, and sent again.
  { kind: 'installSnapshot', term: 3, snapshot: { ...snapshot, data: new Uint8Array(1) } },
];

describe('a follower to which the leader speaks', () => {
  test.each(words.map((message) => [message.kind, message] as const))(
    'by nothing but %s does not campaign',
    (_, message) => {
      const node = LoneNode.withLog([1, 3], 3);
      for (let round = 0; round < 40; round += 1) {
        node.tick(9);
        expect(node.sent).toEqual([]);
        node.receive(b, message);
        expect(node.raft).toMatchObject({ currentTerm: 3, leaderId: b, electionElapsedTicks: 0 });
      }
    },
  );

  test('and which lacks what it speaks of, asks for it and for no votes', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.settle();
    cluster.crash(n2, 0);
    for (let round = 0; round < 30; round += 1) cluster.propose(n1);
    cluster.settle();
    cluster.restart(n2);
    // Heartbeats are lost, and so is whatever would fit.
    for (let tick = 0; tick < 60; tick += 1) {
      cluster.input(n1, { kind: 'tick' });
      cluster.input(n2, { kind: 'tick' });
      cluster.parcels = cluster.parcels.filter(
        ({ to, message }) => to !== n2 || message.kind !== 'heartbeat',
      );
      const entries = { term: 1, prevLogIndex: 31, prevLogTerm: 1, leaderCommit: 31, entries: [] };
      const message = { kind: 'appendEntries', ...entries } as const;
      if (tick % 5 === 0) cluster.input(n2, { kind: 'receive', from: n1, message });
      cluster.parcels = cluster.parcels.filter(({ from, to }) => from !== n2 && to !== n2);
      cluster.settle();
      expect(cluster.raft(n2).role.kind).toBe('follower');
    }
  });
});
