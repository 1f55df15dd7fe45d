import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { a, b, c, LoneNode, patient } from '../support/lone-node.ts';

// Leadership on its way (thesis §3.10; hashicorp/raft#581; openraft: "reject stale
// transfer-leader target election", "read must respect transfer_to"). The word to take over arrives
// late, twice, or at a node that knows a newer leader, and starts an election that nobody wants any
// more. The target is gone, and the leader refuses writes for ever. Or the leader gives up, goes on
// by its lease, and the target wins after all: the votes of a transfer ask for no lease.
//
// Protection: the word carries its term, and one of an earlier term is not heard: `answerStale` in
// src/raft.ts. A transfer ends after one election timeout: `tickTransfer` in src/transfer.ts. Who
// gave the word has no lease for the rest of the term: `lease.giveAway` in `continueTransfer`.
// Mutations: hear a 'timeoutNow' of any term, and the first group fails; without
// `leader.transfer = undefined` in `tickTransfer`, or without the refusal of proposals in
// `onPropose`, the second; without `giveAway` the third.

const clock = { nowMs: 0, wallTimeMs: 1_700_000_000_000 };

describe('the word to take over', () => {
  test('of an earlier term is not heard', () => {
    const node = LoneNode.withLog([1], 5);
    node.receive(b, { kind: 'timeoutNow', term: 4 });
    expect(node.raft.role.kind).toBe('follower');
    expect(node.raft.currentTerm).toBe(5);
  });

  test('is not heard twice, also by who leads by now', () => {
    const node = LoneNode.withLog([1], 3);
    node.receive(b, { kind: 'timeoutNow', term: 3 });
    node.persist();
    expect(node.raft).toMatchObject({ currentTerm: 4, votedFor: a });
    node.receive(b, { kind: 'timeoutNow', term: 3 });
    expect(node.raft.currentTerm).toBe(4);
    node.receive(c, { kind: 'requestVoteReply', term: 4, voteGranted: true });
    expect(node.raft.role.kind).toBe('leader');
    node.receive(b, { kind: 'timeoutNow', term: 3 });
    expect(node.raft).toMatchObject({ currentTerm: 4, role: { kind: 'leader' } });
  });

  test('is not heard by who follows the next leader already', () => {
    const node = LoneNode.withLog([1], 3);
    node.receive(c, { kind: 'heartbeat', term: 4, leaderCommit: 0, round: 1 });
    node.receive(b, { kind: 'timeoutNow', term: 3 });
    expect(node.raft).toMatchObject({ currentTerm: 4, leaderId: c, role: { kind: 'follower' } });
  });

  test('that arrives after the leader gave up still elects one leader', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.settle();
    cluster.input(n1, { kind: 'transferLeadership', transferId: 1, to: n2 });
    const late = cluster.parcels.filter(({ message }) => message.kind === 'timeoutNow');
    expect(late).toHaveLength(1);
    cluster.parcels = cluster.parcels.filter((parcel) => !late.includes(parcel));
    for (let tick = 0; tick < 12; tick += 1) cluster.tick();
    cluster.propose(n1, 3);
    cluster.settle();
    expect(cluster.raft(n1).commitIndex).toBe(4);
    cluster.parcels.push(...late);
    cluster.settle();
    for (let tick = 0; tick < 3; tick += 1) cluster.tick();
    expect(cluster.leader?.nodeId).toBe(n2);
    for (const id of cluster.ids) expect(cluster.raft(id).commitIndex).toBe(5);
  });
});

describe('a leader that hands over', () => {
  test('takes nothing in meanwhile, and everything again when the target stays away', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.settle();
    cluster.crash(n2, 0);
    cluster.input(n1, { kind: 'transferLeadership', transferId: 1, to: n2 });
    cluster.propose(n1);
    expect(cluster.raft(n1).log.lastIndex).toBe(1);
    for (let tick = 0; tick < 10; tick += 1) cluster.tick();
    cluster.propose(n1);
    cluster.settle();
    expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'leader' }, commitIndex: 2 });
  });

  test('takes everything in again when the target lacks what it is sent', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.accept(c, 1);
    node.step({ kind: 'transferLeadership', transferId: 1, to: b });
    for (let tick = 0; tick < 10; tick += 1) {
      node.tick();
      const { lastRound: round } = node.raft;
      node.receive(c, { kind: 'heartbeatReply', term: 1, round });
    }
    node.propose('x');
    expect(node.did('proposed')).toHaveLength(1);
  });
});

describe('a leader that gave the word', () => {
  test('answers no read from its lease any more, also after it gave up', () => {
    const node = new LoneNode({ maxClockDriftPpm: 1_000 });
    node.step({ kind: 'tick', clock });
    // A restarted node votes for nobody at first, and that goes for its own vote as well.
    node.becomeLeader();
    for (const peer of [b, c]) node.accept(peer, 1);
    const beat = (): void => {
      node.step({ kind: 'tick', clock });
      const { lastRound: round } = node.raft;
      for (const peer of [b, c]) node.receive(peer, { kind: 'heartbeatReply', term: 1, round });
    };
    beat();
    node.step({ kind: 'leaseRead', readId: 1, clock });
    expect(node.did('readReady')).toHaveLength(1);
    node.step({ kind: 'transferLeadership', transferId: 1, to: b });
    for (let tick = 0; tick < 30; tick += 1) {
      node.step({ kind: 'leaseRead', readId: 2 + tick, clock });
      expect(node.did('readReady')).toEqual([]);
      beat();
    }
    expect(node.raft.role.kind).toBe('leader');
  });
});

test('transfers that race with crashes, losses and writes leave one history', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const random = seededRandom(`transfers ${seed}`);
    const cluster = new CoreCluster({ random: random.fork('cluster'), nodeCount: 3 });
    for (let tick = 0; tick < 400; tick += 1) {
      const [id, other] = [random.int(3), random.int(3)].map((place) => [n1, n2, n3][place] ?? n1);
      const wish = { kind: 'transferLeadership', transferId: tick, to: other } as const;
      if (random.int(3) === 0 && id !== undefined) cluster.input(id, wish);
      if (cluster.leader !== undefined) cluster.propose(cluster.leader.nodeId);
      if (random.int(20) === 0 && id !== undefined) {
        cluster.crash(id, random.int(2));
        cluster.restart(id);
      }
      cluster.isReachable = () => random.int(8) > 0;
      for (const each of cluster.ids) cluster.input(each, { kind: 'tick' });
      for (let step = random.int(6); step > 0; step -= 1) cluster.settleOnce();
    }
    cluster.rejoin();
    for (let tick = 0; tick < 60; tick += 1) cluster.tick();
    expect(cluster.checker.electedCount).toBeGreaterThan(5);
    const applied = new Set(cluster.ids.map((each) => cluster.raft(each).lastApplied));
    expect(applied.size).toBe(1);
  }
});
