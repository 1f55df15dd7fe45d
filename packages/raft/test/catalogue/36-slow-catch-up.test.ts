import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster, n1, n2 } from '../support/core-cluster.ts';
import { b, c, LoneNode, patient } from '../support/lone-node.ts';

// A follower far behind catches up in many messages, and only the last says what is committed
// (cockroach#27983): all the time it applies nothing, and then too much at once. Or it is sent what
// it has already (KUDU-1469): all of the batch is left out as known, the answer says nothing new,
// and the leader sends the same batch again, for ever.
//
// Protection: every AppendEntries carries the commit index, and a follower commits up to what the
// message reaches. An answer says how far the message reached, known or not: `matchIndex` in
// `onAppendEntries` of src/replication.ts.
// Mutations: send `leaderCommit: 0` unless the message reaches the end of the log, in `sendAppend`:
// the first group fails. Answer `prevLogIndex` where nothing was missing: the second group fails.

describe('a follower that catches up in many messages', () => {
  test('is told in each of them what is committed', () => {
    const node = LoneNode.withLog(new Array<number>(20).fill(1), 1, { maxMessageBytes: 1 });
    node.becomeLeader();
    node.accept(c, 21);
    node.reject(b, 20, 0, 0);
    node.accept(b, 1);
    const appends = node.sentTo(b, 'appendEntries');
    expect(appends.length).toBeGreaterThan(10);
    for (const { leaderCommit } of appends) expect(leaderCommit).toBe(21);
  });

  test('applies in each of them what it has', () => {
    const node = LoneNode.withLog([1], 1);
    for (let prevLogIndex = 1; prevLogIndex < 20; prevLogIndex += 1) {
      node.append(b, 1, { prevLogIndex, prevLogTerm: 1, terms: [1], leaderCommit: 100 });
      expect(node.raft.commitIndex).toBe(prevLogIndex + 1);
      node.persist();
      expect(node.raft.applyingIndex).toBe(prevLogIndex + 1);
    }
  });

  test('moves on while writes go on, whatever is lost', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const random = seededRandom(`catch-up ${seed}`);
      const tuning = { maxMessageBytes: 1, maxInflightMessages: 4 };
      const cluster = new CoreCluster({ random: patient, nodeCount: 3, tuning });
      cluster.elect(n1);
      cluster.settle();
      cluster.isReachable = (from, to) => from !== n2 && to !== n2;
      cluster.propose(n1, 200);
      cluster.settle();
      let commitIndex = cluster.raft(n2).commitIndex;
      cluster.isReachable = (from, to) => !(from === n1 && to === n2) || random.int(10) > 0;
      while (commitIndex < 200) {
        for (let tick = 0; tick < 5; tick += 1) {
          cluster.propose(n1);
          cluster.tick();
        }
        expect(cluster.raft(n2).commitIndex).toBeGreaterThan(commitIndex);
        ({ commitIndex } = cluster.raft(n2));
      }
    }
  });
});

describe('a follower that is sent what it has', () => {
  test('says so, and the leader goes on from there', () => {
    const node = LoneNode.withLog([1, 1, 1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1, 1] });
    expect(node.did('persist')).toEqual([]);
    expect(node.sentTo(b, 'appendEntriesReply')).toEqual([
      { kind: 'appendEntriesReply', term: 1, result: { kind: 'accepted', matchIndex: 3 } },
    ]);
  });

  test('ends the search for where the logs part', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.propose(n1, 30);
    cluster.settle();
    // The leader forgets all it knows of n2, and begins far too early.
    const { role } = cluster.raft(n1);
    if (role.kind === 'leader') role.followers.get(n2)?.forget(3);
    cluster.input(n1, { kind: 'tick' });
    let messageCount = 0;
    while (cluster.parcels.length > 0 && messageCount < 100) {
      cluster.deliver(0);
      messageCount += 1;
    }
    expect(messageCount).toBeLessThan(20);
    const { role: now } = cluster.raft(n1);
    const progress = now.kind === 'leader' ? now.followers.get(n2) : undefined;
    expect(progress).toMatchObject({ state: 'replicate', matchIndex: 31, nextIndex: 32 });
  });
});
