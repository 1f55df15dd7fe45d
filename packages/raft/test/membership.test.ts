import { type NodeId, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationCodec } from '../src/codec/configuration.ts';
import {
  type Configuration,
  configurationOf,
  type MembershipChange,
} from '../src/configuration.ts';
import type { ChangeMembership } from '../src/effects.ts';
import type { Entry } from '../src/messages.ts';
import { a, b, c, d, e, LoneNode } from './support/lone-node.ts';

const add = (node: NodeId): MembershipChange => ({ kind: 'addVoter', node });
const learn = (node: NodeId): MembershipChange => ({ kind: 'addLearner', node });
const remove = (node: NodeId): MembershipChange => ({ kind: 'remove', node });

function change(
  node: LoneNode,
  changes: readonly MembershipChange[],
  options: Partial<ChangeMembership> = {},
): string | undefined {
  node.step({ kind: 'changeMembership', changeId: 7, changes, ...options });
  return node.did('membershipRefused')[0]?.reason;
}

/** A leader of three that has committed the entry of its term. */
function settledLeader(): LoneNode {
  const node = new LoneNode();
  node.becomeLeader();
  node.accept(b, 1);
  return node;
}

function configurationEntry(logIndex: number, term: number, to: Configuration): Entry {
  return { logIndex, term, kind: 'configuration', payload: configurationCodec.encode(to) };
}

describe('a change of the members', () => {
  test('is refused by whoever does not lead', () => {
    expect(change(new LoneNode(), [remove(c)])).toBe('notLeader');
    const hardState = { currentTerm: 1, votedFor: undefined, promised: { logIndex: 5, term: 1 } };
    expect(change(new LoneNode({ hardState }), [remove(c)])).toBe('recovering');
  });

  test('is refused until the leader has committed an entry of its term', () => {
    const node = new LoneNode();
    node.becomeLeader();
    expect(change(node, [remove(c)])).toBe('termNotCommitted');
    node.accept(b, 1);
    expect(change(node, [remove(c)])).toBeUndefined();
  });

  test('is refused until the one before it is committed', () => {
    const node = settledLeader();
    change(node, [learn(d)]);
    expect(change(node, [learn(e)])).toBe('changePending');
    node.accept(b, 2);
    node.persist();
    expect(change(node, [learn(e)])).toBeUndefined();
  });

  test('is refused if the configuration is not the expected one', () => {
    const node = settledLeader();
    expect(change(node, [learn(d)], { ifConfigurationIndex: 1 })).toBe('configurationMoved');
    expect(change(node, [learn(d)], { ifConfigurationIndex: 0 })).toBeUndefined();
    node.persist();
    node.accept(b, 2);
    expect(change(node, [learn(e)], { ifConfigurationIndex: 0 })).toBe('configurationMoved');
    expect(change(node, [learn(e)], { ifConfigurationIndex: 2 })).toBeUndefined();
  });

  test('is refused for the reasons of the configuration', () => {
    expect(change(settledLeader(), [remove(a), remove(b), remove(c)])).toBe('removesAllVoters');
    expect(change(settledLeader(), [])).toBe('notJoint');
  });

  test('is refused if it makes more members than anybody has', () => {
    const many = Array.from({ length: 998 }, (_, place) => learn(nodeId(`m${place}`)));
    expect(change(settledLeader(), many)).toBe('tooManyMembers');
    expect(change(settledLeader(), many.slice(1))).toBeUndefined();
  });

  test('is in force from the moment it is in the log', () => {
    const node = settledLeader();
    change(node, [add(d)], { isForced: true });
    expect(node.did('membershipProposed')).toEqual([
      { kind: 'membershipProposed', changeId: 7, logIndex: 2, term: 1 },
    ]);
    expect(node.did('configurationChanged')).toMatchObject([{ logIndex: 2 }]);
    expect(node.raft.configuration.voters).toEqual([a, b, c, d]);
    expect(node.sentTo(d, 'appendEntries')).toHaveLength(1);
    node.persist();
    node.accept(b, 2);
    expect(node.raft.commitIndex).toBe(1);
    node.accept(c, 2);
    expect(node.raft.commitIndex).toBe(2);
  });

  test('goes with its entry when another leader cuts that off', () => {
    const node = LoneNode.withLog([1]);
    const prev = { prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 0 };
    const entries = [configurationEntry(2, 1, configurationOf([a, b]))];
    node.receive(b, { kind: 'appendEntries', term: 1, ...prev, entries });
    expect(node.raft.peers).toEqual([b]);
    node.append(c, 2, { prevLogIndex: 1, prevLogTerm: 1, terms: [2] });
    expect(node.raft.peers).toEqual([b, c]);
    expect(node.did('configurationChanged')).toMatchObject([{ logIndex: 0 }]);
  });
});

describe('a vote', () => {
  test('is given only to who has caught up, unless it is forced', () => {
    const node = settledLeader();
    expect(change(node, [add(d)])).toBe('notCaughtUp');
    change(node, [learn(d)]);
    node.persist();
    node.accept(b, 2);
    expect(change(node, [add(d)])).toBe('notCaughtUp');
    node.accept(d, 2);
    expect(change(node, [add(d)])).toBeUndefined();
  });

  test('is given to a learner that keeps up while nobody writes', () => {
    const node = settledLeader();
    change(node, [learn(d)]);
    node.persist();
    node.accept(b, 2);
    node.accept(d, 2);
    for (let round = 0; round < 15; round += 1) {
      node.tick();
      for (const peer of [b, d]) {
        node.receive(peer, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
      }
    }
    expect(change(node, [add(d)])).toBeUndefined();
  });

  test('is not given to a learner that has fallen silent', () => {
    const node = settledLeader();
    change(node, [learn(d)]);
    node.persist();
    node.accept(b, 2);
    node.accept(d, 2);
    for (let round = 0; round < 15; round += 1) {
      node.tick();
      node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    }
    expect(change(node, [add(d)])).toBe('notCaughtUp');
  });
});

describe('a joint configuration', () => {
  const replaceBC = [add(d), add(e), remove(b), remove(c)];

  test('is used where more than one vote changes, and needs both majorities', () => {
    const node = settledLeader();
    change(node, replaceBC, { isForced: true });
    expect(node.raft.configuration).toMatchObject({
      voters: [a, d, e],
      outgoingVoters: [a, b, c],
      autoLeave: true,
    });
    node.persist();
    node.accept(d, 2);
    expect(node.raft.commitIndex).toBe(1);
    node.accept(b, 2);
    expect(node.raft.commitIndex).toBe(2);
  });

  test('is left by itself once it is committed', () => {
    const node = settledLeader();
    change(node, replaceBC, { isForced: true });
    node.persist();
    node.accept(d, 2);
    node.accept(b, 2);
    expect(node.raft.configuration).toEqual(configurationOf([a, d, e]));
    expect(node.raft.log.configurationIndex).toBe(3);
    node.accept(c, 2);
    node.accept(e, 2);
    expect(node.raft.log.lastIndex).toBe(3);
  });

  test('that is explicit stays until it is left on request', () => {
    const node = settledLeader();
    change(node, [learn(b)], { transition: 'explicit' });
    expect(node.raft.configuration).toMatchObject({ outgoingVoters: [a, b, c], nextLearners: [b] });
    node.persist();
    node.accept(b, 2);
    node.accept(c, 2);
    expect(node.raft.log.configurationIndex).toBe(2);
    expect(change(node, [remove(c)])).toBe('alreadyJoint');
    expect(change(node, [])).toBeUndefined();
    expect(node.raft.configuration).toMatchObject({ voters: [a, c], learners: [b] });
  });
});

describe('who leaves', () => {
  test('as a leader does not count itself, and follows once that is committed', () => {
    const node = settledLeader();
    change(node, [remove(a)]);
    node.persist();
    node.accept(b, 2);
    expect(node.raft).toMatchObject({ commitIndex: 1, role: { kind: 'leader' } });
    node.accept(c, 2);
    expect(node.raft).toMatchObject({ commitIndex: 2, role: { kind: 'follower' } });
    const news = node.sent.map(({ message }) => message);
    expect(news).toContainEqual(expect.objectContaining({ leaderCommit: 2 }));
    node.tick(100);
    expect(node.sent).toEqual([]);
  });

  test('is sent the change and the news of its commit, and nothing more', () => {
    const node = settledLeader();
    node.accept(c, 1);
    change(node, [remove(c)]);
    expect(node.sentTo(c, 'appendEntries')).toMatchObject([{ entries: [{ logIndex: 2 }] }]);
    node.persist();
    node.accept(b, 2);
    expect(node.sentTo(c, 'appendEntries')).toMatchObject([{ leaderCommit: 2, entries: [] }]);
    node.propose('later');
    node.tick(3);
    expect(node.sent.filter(({ to }) => to === c)).toEqual([]);
  });

  test('still campaigns while others may need its log', () => {
    const entries = [configurationEntry(2, 1, configurationOf([b, c]))];
    const node = LoneNode.withLog([1]);
    const prev = { prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 0 };
    node.receive(b, { kind: 'appendEntries', term: 1, ...prev, entries });
    node.persist();
    node.tick(19);
    expect(node.raft.role.kind).toBe('preCandidate');
    // Its own vote does not count: of b and c, it needs both.
    node.receive(b, { kind: 'preVoteReply', term: 2, voteGranted: true });
    expect(node.raft.role.kind).toBe('preCandidate');
    node.receive(c, { kind: 'preVoteReply', term: 2, voteGranted: true });
    expect(node.raft.role.kind).toBe('candidate');
  });

  test('never campaigns once it knows', () => {
    const entries = [configurationEntry(2, 1, configurationOf([b, c]))];
    const node = LoneNode.withLog([1]);
    const prev = { prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 2 };
    node.receive(b, { kind: 'appendEntries', term: 1, ...prev, entries });
    node.persist();
    node.tick(100);
    expect(node.raft.role.kind).toBe('follower');
  });
});

describe('who has no vote', () => {
  test('waits to be told, if it knows of nobody', () => {
    const node = new LoneNode({ voters: [] });
    node.tick(100);
    expect(node.sent).toEqual([]);
    expect(node.raft).toMatchObject({ currentTerm: 0, peers: [] });
    const entries = [configurationEntry(1, 3, configurationOf([a, b]))];
    const prev = { prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 };
    node.receive(b, { kind: 'appendEntries', term: 3, ...prev, entries });
    expect(node.raft.peers).toEqual([b]);
  });

  test('never campaigns as a learner', () => {
    const learner = { ...configurationOf([b, c]), learners: [a] };
    const node = new LoneNode({ configuration: { logIndex: 0, configuration: learner } });
    node.tick(100);
    expect(node.raft.role.kind).toBe('follower');
  });

  test('counts in no majority, and its answers are dropped where it is a stranger', () => {
    const node = settledLeader();
    node.propose('x');
    node.persist();
    node.accept(d, 2);
    expect(node.raft).toMatchObject({ commitIndex: 1, strangerCount: 1 });
    node.receive(d, { kind: 'heartbeatReply', term: 99, round: 1 });
    expect(node.raft).toMatchObject({ currentTerm: 1, role: { kind: 'leader' } });
  });
});
