import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { RaftTuning } from '../../src/options.ts';
import { a, b, c, LoneNode } from '../support/lone-node.ts';

// A snapshot takes longer to travel than the leader keeps the log behind it (hashicorp/raft#212,
// camunda#4451, consul#9609). When it is installed the entries after it are compacted, the follower
// needs the next snapshot, which takes as long, and so on for ever.
//
// Protection: `compactableIndex` in src/snapshot.ts keeps the log after a snapshot that is on its
// way, and until who got it has caught up, as far as it fits `maxRetainedBytes`.
// Mutation: let it return `wantedIndex`; the first test then counts a snapshot for every round.

const members = { configuration: configurationOf([a, b, c]), configurationIndex: 0 };
const entriesPerRound = 10;

/** A leader that keeps no trail and has just been asked for a snapshot by `b`. */
function busyLeader(tuning: Partial<RaftTuning> = {}): LoneNode {
  const node = LoneNode.withLog([1, 1, 1, 1, 1], 1, tuning);
  node.becomeLeader();
  node.accept(c, 6);
  takeSnapshot(node, 6);
  node.reject(b, 5, 0, 0);
  return node;
}

function takeSnapshot(node: LoneNode, logIndex: number): void {
  node.step({ kind: 'applied', logIndex });
  const metadata = {
    lastIncludedIndex: logIndex,
    lastIncludedTerm: node.raft.log.termAt(logIndex) ?? 0,
    ...members,
  };
  node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 0 });
}

/** Writes go on, and the next snapshot is taken. */
function writeMore(node: LoneNode): void {
  for (let count = 0; count < entriesPerRound; count += 1) node.propose('x');
  node.persist();
  const { lastIndex } = node.raft.log;
  node.accept(c, lastIndex);
  takeSnapshot(node, lastIndex);
}

function answer(node: LoneNode, matchIndex: number): number {
  node.receive(b, { kind: 'installSnapshotReply', term: 2, matchIndex });
  return node.did('sendSnapshot').length;
}

describe('a snapshot that travels while the leader compacts', () => {
  test('is the only one that the follower needs', () => {
    const node = busyLeader();
    let sentCount = node.did('sendSnapshot').length;
    let travellingIndex = 6;
    for (let round = 0; round < 5; round += 1) {
      writeMore(node);
      const isAsked = answer(node, travellingIndex) > 0;
      if (!isAsked) break;
      sentCount += 1;
      travellingIndex = node.raft.snapshot.logIndex;
    }
    expect(sentCount).toBe(1);
    expect(node.leadership.followers.get(b)).toMatchObject({ state: 'replicate', matchIndex: 6 });
    // Catching up takes its time too, and writes still go on.
    writeMore(node);
    node.accept(b, 16);
    writeMore(node);
    node.accept(b, node.raft.log.lastIndex);
    expect(node.did('sendSnapshot')).toEqual([]);
    expect(node.leadership.followers.get(b)?.state).toBe('replicate');
  });

  test('holds the log no longer than until the follower has caught up', () => {
    const node = busyLeader();
    writeMore(node);
    expect(node.raft.log.firstIndex).toBe(7);
    answer(node, 6);
    node.accept(b, node.raft.log.lastIndex);
    writeMore(node);
    node.accept(b, node.raft.log.lastIndex);
    writeMore(node);
    expect(node.raft.log.firstIndex).toBeGreaterThan(entriesPerRound);
  });

  test('holds no more of the log than `maxRetainedBytes`', () => {
    const node = busyLeader({ maxRetainedBytes: 1_000 });
    const keptCounts = Array.from({ length: 4 }, () => {
      writeMore(node);
      return node.raft.log.lastIndex + 1 - node.raft.log.firstIndex;
    });
    // Part of what the follower needs would be of no use to it.
    expect(keptCounts).toEqual([10, 0, 0, 0]);
  });

  test('is asked for again where the peer asks again, while the log still goes on from it', () => {
    const node = busyLeader();
    writeMore(node);
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'failed' });
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    expect(node.did('sendSnapshot')).toHaveLength(1);
    expect(node.leadership.followers.get(b)?.pendingSnapshotIndex).toBe(6);
  });
});
