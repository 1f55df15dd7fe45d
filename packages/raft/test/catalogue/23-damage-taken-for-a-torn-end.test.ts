import { MemoryDisk } from '@quorate/storage/memory';
import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';
import { commands, startedOn, StoredNode } from '../support/stored-node.ts';

// A log that is damaged in its middle is cut there as if the end were torn ("Protocol-Aware
// Recovery", FAST 2018: LogCabin, ZooKeeper and others; the paper's figure 2). Its node looks clean
// and short, votes for whoever lacks the entry too, and what was committed is gone.
//
// Protection: the log of @quorate/storage reports what was whole once and is not any more; the core
// then votes for nobody until it has at least that much again: `promiseOf` in src/recovery.ts,
// `promised` in src/election.ts.
// Mutations: make no promise of damage in `promiseOf`: the first test fails, n3 leads without what
// was committed. Take damage for a torn end in src/log-recovery.ts of @quorate/storage: the second.

test('who lost an entry that it acknowledged votes for nobody who lacks it', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1, n2], [n3]);
  cluster.propose(n1);
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(2);
  cluster.crash(n1, 0);
  cluster.crash(n2, 0);
  cluster.restart(n2, 2);
  cluster.split([n2, n3]);
  expect(cluster.raft(n2)).toMatchObject({ log: { lastIndex: 1 }, promised: { logIndex: 2 } });
  expect(() => cluster.elect(n3)).toThrow('nobody elects n3');
  // With the one that has the entry it goes on, and is whole again.
  cluster.restart(n1);
  cluster.rejoin();
  cluster.elect(n1);
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.raft(n2)).toMatchObject({ promised: undefined, commitIndex: 3 });
});

test('a log that is damaged in its middle says so, and one with a torn end does not', async () => {
  const memory = new MemoryDisk();
  const stored = await StoredNode.open(memory);
  const hardState = { currentTerm: 1, votedFor: undefined, promised: undefined };
  for (let logIndex = 1; logIndex <= 9; logIndex += 1) {
    await stored.write({ hardState, entries: commands(1, logIndex, logIndex) });
  }
  const path = 'log/0000000000000001.wal';
  const seen = new Set<string>();
  for (let offset = 64; offset < 2_048; offset += 8) {
    const disk = memory.afterCrash();
    const file = await disk.open(path);
    const byte = new Uint8Array(1);
    await file.read(offset, byte);
    await file.write(
      offset,
      byte.map((bits) => bits ^ 0x10),
    );
    await file.close();
    seen.add(await startedOn(disk));
  }
  // What stands twice can be read all the same.
  for (const outcome of seen) expect(outcome).toMatch(/^0 then 1\.\.(9|\d, 1 unreadable)$/);
  expect([...seen]).toContain('0 then 1..3, 1 unreadable');
});
