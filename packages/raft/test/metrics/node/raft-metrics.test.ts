import { describe, expect, test } from 'vitest';

import { RaftMetrics } from '../../../src/metrics/node/raft-metrics.ts';
import { a } from '../../support/lone-node.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { measuredCluster, type MeasuredNode } from '../../support/measured-cluster.ts';

describe('the metrics of a node', () => {
  test('count proposals by outcome, and time them from append to apply', async () => {
    const { leader, followers } = await measuredCluster(5);
    expect(leader.metrics.requests('proposal')).toEqual(new Map([['committed', 5]]));
    expect(leader.metrics.requests('read')).toEqual(new Map([['ready', 1]]));
    expect(leader.metrics.commitSeconds.count).toBe(5);
    expect(leader.metrics.commitSeconds.sum).toBeGreaterThan(0);
    for (const { metrics } of [leader, ...followers]) expect(metrics.commandsApplied).toBe(5);
    for (const { metrics } of followers) expect(metrics.commitSeconds.count).toBe(0);
  });

  test('count elections and leaders', async () => {
    const { leader, followers } = await measuredCluster(0);
    expect(leader.metrics.electionsWon).toBe(1);
    for (const { metrics } of [leader, ...followers]) expect(metrics.leaderChanges).toBe(1);
  });

  test('count what is written: batches, entries, syncs', async () => {
    const { leader } = await measuredCluster(5);
    // Its noop, and the five in one batch.
    expect(leader.metrics.appendBatches).toBe(2);
    expect(leader.metrics.appendedEntries).toBe(6);
    expect(leader.metrics.syncs).toBeGreaterThanOrEqual(2);
    expect(leader.metrics.syncSeconds.count).toBeGreaterThanOrEqual(leader.metrics.syncs);
  });

  test('count messages by kind, at both ends alike', async () => {
    const { leader, followers } = await measuredCluster(3);
    const sum = (members: readonly MeasuredNode[], what: 'sent' | 'received' | 'receivedBytes') =>
      members.reduce(
        (total, { metrics }) => total + (metrics.messages().get('appendEntries')?.[what] ?? 0),
        0,
      );
    expect(sum([leader], 'sent')).toBeGreaterThan(0);
    expect(sum(followers, 'received')).toBe(sum([leader], 'sent'));
    expect(sum(followers, 'receivedBytes')).toBeGreaterThan(0);
  });

  test('count what did not decode, and what was not sent', () => {
    const metrics = new RaftMetrics(new ManualClock());
    metrics.onReceived(a, undefined, 7);
    metrics.onSent(a, { kind: 'timeoutNow', term: 1 }, 4, 'dropped');
    metrics.onSent(a, { kind: 'timeoutNow', term: 1 }, 0, 'unsupported');
    expect(metrics.malformedMessages).toBe(1);
    expect(metrics.messages().get('timeoutNow')).toMatchObject({ sent: 0, dropped: 2 });
  });
});
