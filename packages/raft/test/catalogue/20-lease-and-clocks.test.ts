import { expect, test } from 'vitest';

import type { ClockReading } from '../../src/effects.ts';
import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// Leases and clocks (tikv#964, yugabyte#16, #19447): a leader that was paused past its lease, whose
// clock is slow beside a voter's fast one, that counts from the answer, or that told another to
// take over, serves what the next leader has already replaced.
//
// Protection: src/lease.ts, one rule for each test.
// Mutations: a lease that ignores the wall clock fails the first test; one without `comparableMs`'s
// two drifts, the second; `begin` with the time of the answer, the third; without `giveAway`, the
// fourth; without `isBoundByLease`, the fifth.

const TICK_MS = 50;
const DRIFT_PPM = 100_000;

/** n1 leads, and all have answered its last round, sent at 0. */
function clusterWithLease(): CoreCluster {
  const tuning = { maxClockDriftPpm: DRIFT_PPM, tickMs: TICK_MS, electionTimeoutTicks: 10 };
  const cluster = new CoreCluster({ random: patient, nodeCount: 3, tuning });
  cluster.elect(n1);
  cluster.settle();
  cluster.input(n1, { kind: 'tick', clock: at(0) });
  cluster.settle();
  return cluster;
}

function at(nowMs: number, wallTimeMs = nowMs): ClockReading {
  return { nowMs, wallTimeMs };
}

/** Whether n1 may be read without asking anyone. */
function isReadable(cluster: CoreCluster, clock: ClockReading): boolean {
  const effects = cluster.input(n1, { kind: 'leaseRead', readId: 0, clock });
  return effects.some(({ kind }) => kind === 'readReady');
}

/** n2 wins without n1, which hears nothing of it and still believes that it leads. */
function depose(cluster: CoreCluster): void {
  cluster.split([n2, n3]);
  cluster.elect(n2);
  cluster.settle();
  cluster.propose(n2);
  cluster.settle();
  expect(cluster.raft(n1).role.kind).toBe('leader');
}

test('a leader that was suspended does not trust the clock that stood still', () => {
  const cluster = clusterWithLease();
  expect(isReadable(cluster, at(100))).toBe(true);
  depose(cluster);
  expect(isReadable(cluster, at(101, 60_000))).toBe(false);
});

test('a leader with the slowest clock has no lease when a voter with the fastest is free', () => {
  const cluster = clusterWithLease();
  depose(cluster);
  // The voter counts ten ticks, of which nine are whole at least and eight are certain.
  const trueMs = (8 * TICK_MS) / (1 + DRIFT_PPM / 1_000_000);
  expect(isReadable(cluster, at(trueMs * (1 - DRIFT_PPM / 1_000_000)))).toBe(false);
});

test('a late answer does not make a lease longer', () => {
  const cluster = clusterWithLease();
  cluster.input(n1, { kind: 'tick', clock: at(900) });
  while (cluster.parcels.some(({ to }) => to !== n1)) cluster.deliver(0);
  const heldBack = cluster.parcels.splice(0);
  expect(heldBack).toHaveLength(2);
  depose(cluster);
  cluster.rejoin();
  cluster.input(n1, { kind: 'tick', clock: at(1_300) });
  cluster.parcels = heldBack;
  for (let left = heldBack.length; left > 0; left -= 1) cluster.deliver(0);
  expect(isReadable(cluster, at(1_301))).toBe(false);
});

test('a leader that told another to take over has no lease, even before it hears of it', () => {
  const cluster = clusterWithLease();
  cluster.input(n1, { kind: 'transferLeadership', transferId: 1, to: n2 });
  cluster.deliver(0);
  cluster.split([n2, n3]);
  cluster.settle();
  expect(cluster.raft(n2).role.kind).toBe('leader');
  expect(cluster.raft(n1).role.kind).toBe('leader');
  expect(isReadable(cluster, at(10))).toBe(false);
});

test('a voter that crashed keeps the promise that it cannot remember', () => {
  const cluster = clusterWithLease();
  cluster.crash(n3, 0);
  cluster.restart(n3);
  cluster.split([n2, n3]);
  // n2 has heard nobody for long; n3 only thinks so.
  const { electionTimeoutTicks } = cluster.raft(n2).tuning;
  for (let tick = 0; tick < 2 * electionTimeoutTicks; tick += 1) {
    cluster.input(n2, { kind: 'tick' });
  }
  cluster.settle();
  expect(cluster.raft(n2).role.kind).not.toBe('leader');
  expect(isReadable(cluster, at(100))).toBe(true);
});
