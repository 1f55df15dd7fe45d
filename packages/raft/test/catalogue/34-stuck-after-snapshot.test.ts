import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import { a, b, c, LoneNode } from '../support/lone-node.ts';

// A leader that waits for word of a snapshot waits for ever if the word was lost: the answer of the
// follower, or the report of whoever carried the snapshot (etcd/raft: heartbeat_resp_recovers_from_
// probing, snapshot_succeed_via_app_resp).
//
// Protection: `tickLeader` gives up after `snapshotTimeoutTicks` without a word and probes; a
// heartbeat's reply ends a probe's wait; any acknowledgement that leads on ends the wait too.
// Mutations: without the timeout in `tickLeader` the first two fail, without
// `progress.snapshotTicks = 0` in `onSnapshotChunkReply` the third, without
// `progress.isWaiting = false` in `onHeartbeatReply` the last.

const members = { configuration: configurationOf([a, b, c]), configurationIndex: 0 };

function leaderWithSnapshotUnderWay(): LoneNode {
  const node = LoneNode.withLog([1, 1, 1, 1, 1], 1);
  node.becomeLeader();
  node.accept(c, 6);
  node.step({ kind: 'applied', logIndex: 6 });
  const metadata = { lastIncludedIndex: 6, lastIncludedTerm: 2, ...members };
  node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 0 });
  node.reject(b, 5, 0, 0);
  expect(node.did('sendSnapshot')).toHaveLength(1);
  return node;
}

function stateOf(node: LoneNode): string | undefined {
  return node.leadership.followers.get(b)?.state;
}

/** Time passes in which `b` answers heartbeats and says nothing else. */
function wait(node: LoneNode, ticks: number, each: () => void = () => undefined): void {
  for (let tick = 0; tick < ticks; tick += 1) {
    node.tick();
    const { lastRound: round } = node.raft;
    for (const peer of [b, c]) node.receive(peer, { kind: 'heartbeatReply', term: 2, round });
    each();
  }
}

describe('a leader that sent a snapshot', () => {
  test('goes on though the answer was lost', () => {
    const node = leaderWithSnapshotUnderWay();
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'sent' });
    wait(node, node.raft.tuning.snapshotTimeoutTicks);
    expect(stateOf(node)).toBe('probe');
    node.accept(b, 6);
    expect(stateOf(node)).toBe('replicate');
  });

  test('goes on though nobody reported that it left', () => {
    const node = leaderWithSnapshotUnderWay();
    wait(node, node.raft.tuning.snapshotTimeoutTicks);
    expect(stateOf(node)).toBe('probe');
    // It never arrived: the follower still has nothing.
    node.reject(b, 6, 0, 0);
    wait(node, 1);
    expect(stateOf(node)).toBe('snapshot');
  });

  test('waits as long as pieces of it are answered', () => {
    const node = leaderWithSnapshotUnderWay();
    const about = { lastIncludedIndex: 6, crc: 7, result: 'held' } as const;
    let offset = 0;
    wait(node, 3 * node.raft.tuning.snapshotTimeoutTicks, () => {
      offset += 1;
      node.receive(b, { kind: 'snapshotChunkReply', term: 2, ...about, offset });
    });
    expect(stateOf(node)).toBe('snapshot');
    node.receive(b, { kind: 'installSnapshotReply', term: 2, matchIndex: 6 });
    expect(stateOf(node)).toBe('replicate');
  });

  test('takes an acknowledgement of entries for an answer', () => {
    const node = leaderWithSnapshotUnderWay();
    node.accept(b, 6);
    expect(stateOf(node)).toBe('replicate');
  });

  test('that could not send it asks again after a heartbeat, not at once and not never', () => {
    const node = leaderWithSnapshotUnderWay();
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'failed' });
    expect(node.did('sendSnapshot')).toEqual([]);
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    expect(node.did('sendSnapshot')).toHaveLength(1);
  });
});
