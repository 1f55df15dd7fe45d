import { describe, expect, test } from 'vitest';

import type { ForwardReply } from '../src/messages.ts';
import { b, c, LoneNode } from './support/lone-node.ts';

const payloads = [Uint8Array.of(1), Uint8Array.of(2)];

/** A follower of `b` in term 1 that forwards. */
function followerOfB(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode({ forwardProposals: true, ...options });
  node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
  return node;
}

/** Proposes, and hands out what `b` is sent. */
function forward(node: LoneNode, proposalId: number) {
  node.step({ kind: 'propose', proposalId, payloads });
  const message = node.sentTo(b, 'forwardProposal').at(-1);
  if (message === undefined) throw new Error('the node forwards');
  return message;
}

function answer(node: LoneNode, forwardId: number, result: ForwardReply['result']): void {
  const { nonce } = node.raft.forwards;
  node.receive(b, { kind: 'forwardReply', term: 1, nonce, forwardId, result });
}

describe('a proposal on a node that does not lead', () => {
  test('is refused unless it is to be forwarded', () => {
    const node = followerOfB({ forwardProposals: false });
    node.step({ kind: 'propose', proposalId: 7, payloads });
    expect(node.effects).toEqual([{ kind: 'proposalRefused', proposalId: 7, reason: 'notLeader' }]);
  });

  test('is refused where nobody leads', () => {
    const node = new LoneNode({ forwardProposals: true });
    node.step({ kind: 'propose', proposalId: 7, payloads });
    expect(node.effects).toEqual([{ kind: 'proposalRefused', proposalId: 7, reason: 'notLeader' }]);
  });

  test('goes to the leader, and stands where the leader says', () => {
    const node = followerOfB();
    const { forwardId, payloads: sent } = forward(node, 7);
    expect(sent).toEqual(payloads);
    expect(node.effects[0]).toEqual({ kind: 'proposalForwarded', proposalId: 7 });
    answer(node, forwardId, { kind: 'proposed', firstIndex: 9 });
    expect(node.effects).toEqual([{ kind: 'proposed', proposalId: 7, firstIndex: 9, term: 1 }]);
    answer(node, forwardId, { kind: 'proposed', firstIndex: 9 });
    expect(node.effects).toEqual([]);
  });

  test('is refused for the reason that the leader gives', () => {
    const node = followerOfB();
    const { forwardId } = forward(node, 7);
    answer(node, forwardId, { kind: 'refused', reason: 'transferring' });
    expect(node.effects).toEqual([
      { kind: 'proposalRefused', proposalId: 7, reason: 'transferring' },
    ]);
  });

  test('is refused when it could not be sent', () => {
    const node = followerOfB();
    const { forwardId } = forward(node, 7);
    node.step({ kind: 'forwardDropped', forwardId });
    expect(node.effects).toEqual([
      { kind: 'proposalRefused', proposalId: 7, reason: 'leaderUnreachable' },
    ]);
    node.step({ kind: 'forwardDropped', forwardId });
    expect(node.effects).toEqual([]);
  });

  test('stands where its leader said, also if that is heard when another leads', () => {
    const node = followerOfB();
    const { forwardId } = forward(node, 7);
    node.receive(c, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    answer(node, forwardId, { kind: 'proposed', firstIndex: 9 });
    expect(node.effects).toEqual([{ kind: 'proposed', proposalId: 7, firstIndex: 9, term: 1 }]);
  });

  // Why this test? Sent again, a proposal whose answer was lost is in the log twice.
  test('is never sent again, and lost when the leader says nothing for long', () => {
    const node = followerOfB();
    const { forwardId } = forward(node, 7);
    const lost: number[] = [];
    for (let tick = 0; tick < 20; tick += 1) {
      node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: tick + 2 });
      node.tick();
      lost.push(...node.did('proposalLost').map(({ proposalId }) => proposalId));
      expect(node.sentTo(b, 'forwardProposal')).toEqual([]);
    }
    expect(lost).toEqual([7]);
    answer(node, forwardId, { kind: 'proposed', firstIndex: 9 });
    expect(node.effects).toEqual([]);
  });

  test('is refused while too much is on its way', () => {
    const node = followerOfB({ maxForwardBytes: 3 });
    forward(node, 7);
    node.step({ kind: 'propose', proposalId: 8, payloads });
    expect(node.effects).toEqual([
      { kind: 'proposalRefused', proposalId: 8, reason: 'tooManyUncommitted' },
    ]);
  });

  test('of an earlier life is not meant by the answer', () => {
    const node = followerOfB();
    const { nonce, forwardId } = forward(node, 7);
    const result = { kind: 'proposed', firstIndex: 9 } as const;
    node.receive(b, { kind: 'forwardReply', term: 1, nonce: nonce - 1, forwardId, result });
    expect(node.effects).toEqual([]);
  });
});

describe('a leader that is handed a proposal', () => {
  const message = { kind: 'forwardProposal', term: 1, nonce: 4, forwardId: 9, payloads } as const;

  function leaderInOffice(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
    const node = new LoneNode(options);
    node.becomeLeader();
    node.accept(b, 1);
    return node;
  }

  test('takes it in like its own, and says where it stands', () => {
    const node = leaderInOffice();
    node.receive(c, message);
    expect(node.raft.log.lastIndex).toBe(3);
    const result = { kind: 'proposed', firstIndex: 2 };
    expect(node.sentTo(c, 'forwardReply')).toMatchObject([{ nonce: 4, forwardId: 9, result }]);
  });

  // Why this test? Networks repeat messages; a command is in the log once all the same.
  test('takes nothing in twice, and nothing that comes after its successor', () => {
    const node = leaderInOffice();
    node.receive(c, message);
    node.receive(c, message);
    expect(node.effects).toEqual([]);
    node.receive(c, { ...message, forwardId: 8 });
    expect(node.effects).toEqual([]);
    expect(node.raft.log.lastIndex).toBe(3);
  });

  test('refuses what it would refuse its own users, and for good', () => {
    const node = leaderInOffice();
    node.step({ kind: 'transferLeadership', transferId: 1, to: b });
    node.receive(c, message);
    const result = { kind: 'refused', reason: 'transferring' };
    expect(node.sentTo(c, 'forwardReply')).toMatchObject([{ result }]);
    node.receive(c, message);
    expect(node.effects).toEqual([]);
  });

  test('says nothing once it leads no more, and takes nothing in', () => {
    const node = leaderInOffice();
    node.receive(b, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    node.receive(c, message);
    node.receive(c, { ...message, term: 2 });
    expect(node.sentTo(c, 'forwardReply')).toEqual([]);
    expect(node.raft.log.lastIndex).toBe(1);
  });
});
