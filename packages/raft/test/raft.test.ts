import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import type { RaftInput } from '../src/effects.ts';
import { createRaft, step, stepAll } from '../src/raft.ts';
import { a, b, c, d, LoneNode } from './support/lone-node.ts';

describe('step', () => {
  test('is deterministic: the same inputs give the same effects', () => {
    const inputs: RaftInput[] = [
      ...Array.from({ length: 40 }, (): RaftInput => ({ kind: 'tick' })),
      { kind: 'receive', from: b, message: { kind: 'preVoteReply', term: 1, voteGranted: true } },
      { kind: 'persisted', ticket: 1 },
      { kind: 'propose', proposalId: 1, payloads: [Uint8Array.of(1)] },
    ];
    const run = (): unknown => {
      const random = seededRandom('same');
      const raft = createRaft({ id: a, voters: [a, b, c], random });
      return inputs.map((input) => step(raft, input));
    };
    expect(run()).toEqual(run());
  });

  test('tells of every change of role, term or leader, once', () => {
    const node = new LoneNode();
    node.tick(19);
    expect(node.did('roleChanged')).toEqual([
      { kind: 'roleChanged', role: 'preCandidate', term: 0, leaderId: undefined },
    ]);
    node.receive(b, { kind: 'heartbeat', term: 4, leaderCommit: 0, round: 1 });
    expect(node.did('roleChanged')).toEqual([
      { kind: 'roleChanged', role: 'follower', term: 4, leaderId: b },
    ]);
    node.receive(b, { kind: 'heartbeat', term: 4, leaderCommit: 0, round: 2 });
    expect(node.did('roleChanged')).toEqual([]);
  });

  test('drops and counts what it says to itself, and answers of those who are no members', () => {
    const node = new LoneNode();
    node.receive(a, { kind: 'heartbeat', term: 9, leaderCommit: 0, round: 1 });
    expect(node.effects).toEqual([]);
    node.receive(d, { kind: 'heartbeatReply', term: 9, round: 1 });
    node.receive(d, { kind: 'requestVoteReply', term: 9, voteGranted: true });
    expect(node.effects).toEqual([]);
    expect(node.raft.currentTerm).toBe(0);
    expect(node.raft.strangerCount).toBe(3);
  });

  test('hears a leader that is no member here: the configuration may be on its way', () => {
    const node = new LoneNode();
    node.receive(d, { kind: 'heartbeat', term: 9, leaderCommit: 0, round: 1 });
    expect(node.raft).toMatchObject({ currentTerm: 9, leaderId: d });
  });

  test('ignores news for leaders where it does not lead', () => {
    const node = new LoneNode();
    node.step({ kind: 'peerRestarted', peer: b });
    node.step({ kind: 'peerUnreachable', peer: b });
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'sent' });
    node.receive(b, {
      kind: 'appendEntriesReply',
      term: 0,
      result: { kind: 'accepted', matchIndex: 1 },
    });
    node.receive(b, { kind: 'installSnapshotReply', term: 0, matchIndex: 1 });
    expect(node.effects).toEqual([]);
  });

  test('ignores news of strangers where it leads', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.step({ kind: 'peerRestarted', peer: d });
    node.step({ kind: 'peerUnreachable', peer: d });
    node.step({ kind: 'snapshotSent', peer: d, outcome: 'failed' });
    expect(node.effects).toEqual([]);
  });

  test('gives its effects away: the next step starts with none', () => {
    const node = new LoneNode();
    const first = node.tick(19);
    expect(first.length).toBeGreaterThan(0);
    expect(node.tick()).toEqual([]);
  });

  test('writes before it applies, and asks before it sends nothing', () => {
    const node = new LoneNode({ voters: [a] });
    node.becomeLeader();
    node.propose('x');
    expect(node.effects.map(({ kind }) => kind)).toEqual(['proposed', 'persist']);
    node.persist();
    expect(node.effects.map(({ kind }) => kind)).toEqual(['apply']);
  });
});

describe('stepAll', () => {
  test('of nothing does nothing', () => {
    expect(stepAll(new LoneNode().raft, [])).toEqual([]);
  });

  test('answers messages of two terms in one step, each with its own truth', () => {
    const node = LoneNode.withLog([1], 1);
    const append = {
      kind: 'appendEntries',
      prevLogIndex: 1,
      prevLogTerm: 1,
      leaderCommit: 0,
    } as const;
    const entry = { logIndex: 2, kind: 'noop', payload: new Uint8Array(0) } as const;
    node.stepAll(
      {
        kind: 'receive',
        from: b,
        message: { ...append, term: 1, entries: [{ ...entry, term: 1 }] },
      },
      {
        kind: 'receive',
        from: c,
        message: { ...append, term: 2, entries: [{ ...entry, term: 2 }] },
      },
    );
    expect(node.did('persist')).toMatchObject([
      { truncateFrom: undefined, entries: [{ logIndex: 2, term: 2 }] },
    ]);
    node.persist();
    expect(node.sent.map(({ to, message }) => [to, message.term])).toEqual([
      [b, 1],
      [c, 2],
    ]);
    expect(node.did('roleChanged')).toEqual([]);
  });

  test('tells of every role it went through', () => {
    const node = new LoneNode();
    const inputs = Array.from({ length: 19 }, (): RaftInput => ({ kind: 'tick' }));
    node.stepAll(...inputs, {
      kind: 'receive',
      from: b,
      message: { kind: 'preVoteReply', term: 1, voteGranted: true },
    });
    expect(node.did('roleChanged').map(({ role }) => role)).toEqual(['preCandidate', 'candidate']);
  });
});
