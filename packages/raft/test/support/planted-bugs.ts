import type { FaultEvent } from '@quorate/simulation';
import { type Disk, type DiskFile, WriteAheadLog } from '@quorate/storage';

import { nodeRecordCodec } from '../../src/node/node-record-codec.ts';
import type { ProposalOutcome } from '../../src/node/outcomes.ts';
import type { PlanOptions } from './fault-plan.ts';
import { nodeDirectory, type PlantedBug } from './sim-cluster.ts';

/** Rewrites what a node remembers of itself, before it comes up again. */
async function editHardState(
  disk: Disk,
  edit: (log: WriteAheadLog, term: number) => number,
): Promise<void> {
  const log = await WriteAheadLog.open({ disk, directory: `${nodeDirectory}/log` });
  const { metadata } = log.recovery;
  if (metadata !== undefined) {
    const record = nodeRecordCodec.decode(metadata);
    const currentTerm = edit(log, record.hardState.currentTerm);
    const hardState = { ...record.hardState, currentTerm, votedFor: undefined };
    await log.append({ entries: [], metadata: nodeRecordCodec.encode({ ...record, hardState }) });
  }
  await log.close();
}

/** Neither term nor vote were ever written: the term is what the log still shows. */
export const voteNotPersisted: PlantedBug = {
  beforeOpen: ({ disk }) => editHardState(disk, (log, term) => log.termAt(log.lastIndex) ?? term),
};

/** The term was written, the vote in it was not. */
export const doubleVoteAfterRestart: PlantedBug = {
  beforeOpen: ({ disk }) => editHardState(disk, (_log, term) => term),
};

/** Syncs are started and not waited for: everything is acknowledged while it is being written. */
export const acknowledgeBeforeSync: PlantedBug = {
  wrapDisk: (disk) => ({
    open: async (path, options) => hasty(await disk.open(path, options)),
    list: (directory) => disk.list(directory),
    createDirectory: (directory) => disk.createDirectory(directory),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    syncDirectory: (directory) => disk.syncDirectory(directory),
    lock: async (directory) => (await disk.lock?.(directory)) ?? (() => Promise.resolve()),
  }),
};

function hasty(file: DiskFile): DiskFile {
  return {
    sizeBytes: () => file.sizeBytes(),
    read: (offset, target) => file.read(offset, target),
    write: (offset, bytes) => file.write(offset, bytes),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: () => {
      file.sync().catch(() => undefined);
      return Promise.resolve();
    },
    close: () => file.close(),
  };
}

/** Who leads, and has committed in its term, reads without asking whether it still leads. */
export const staleRead: PlantedBug = {
  wrapClient: ({ node, machine }) => ({
    propose: (command, options) => node.propose(command, options),
    readIndex: (options) => {
      const { role, term, commitIndex } = node.status();
      const isSettled = node.termAt(commitIndex) === term && machine.logIndex >= commitIndex;
      if (role !== 'leader' || !isSettled) return node.readIndex(options);
      return Promise.resolve({ kind: 'ready', readIndex: commitIndex });
    },
  }),
};

/** A leader that is deposed answers what it was still replicating as if it were done. */
export const acknowledgeWhenDeposed: PlantedBug = {
  wrapClient: ({ node }) => ({
    readIndex: (options) => node.readIndex(options),
    propose: (command, options) => {
      const answer = node.propose(command, options);
      const { role, lastLogIndex } = node.status();
      if (role !== 'leader') return answer;
      const hasty = new Promise<ProposalOutcome>((resolve) => {
        const stop = node.observe((event) => {
          if (event.kind !== 'roleChanged') return;
          resolve({ kind: 'committed', logIndex: lastLogIndex, result: command.slice(0, 4) });
        });
        void answer.finally(stop);
      });
      return Promise.race([answer, hasty]);
    },
  }),
};

/**
 * The stage of Figure 8: one node after the other is cut off, and disks are so slow that a crash
 * takes entries which have arrived. One entry travels at a time.
 */
export const movingIsolation: PlanOptions = {
  nodeCount: 3,
  horizonMs: 20_000,
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 40 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'uniform', minMs: 20, maxMs: 150 } },
  tuning: {
    electionTimeoutTicks: 5,
    maxMessageBytes: 1,
    maxInflightMessages: 1,
    snapshotEveryEntries: 10_000,
  },
  workload: { meanGapMs: 50, readRate: 0, commandBytesMax: 8, straySendRate: 0.5 },
  drawFaults: (random, horizonMs) => {
    const faults: FaultEvent[] = [];
    const nodes = ['n1', 'n2', 'n3'];
    const [base, span] = [500, 1_000];
    for (let atMs = 0; atMs < horizonMs; atMs += base + random.int(span)) {
      const alone = nodes[random.int(3)] ?? '';
      const others = nodes.filter((node) => node !== alone);
      faults.push({ atMs, kind: 'heal' });
      faults.push({ atMs, kind: 'partition', left: [alone], right: others });
      if (random.int(2) === 0) continue;
      const node = nodes[random.int(3)] ?? '';
      const crashMs = atMs + random.int(base);
      faults.push({ atMs: crashMs, kind: 'crash', node });
      faults.push({ atMs: crashMs + 5, kind: 'restart', node });
    }
    return faults;
  },
};

/**
 * Two nodes that never hear each other and compete for the vote of the third, which keeps falling
 * over: what it forgets, the slower of the two finds out.
 */
export const forgetfulBridge: PlanOptions = {
  nodeCount: 3,
  horizonMs: 20_000,
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 250 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'exponential', minMs: 0.1, meanMs: 5 } },
  tuning: {
    electionTimeoutTicks: 6,
    heartbeatTicks: 5,
    maxMessageBytes: 65_536,
    snapshotEveryEntries: 10_000,
  },
  workload: { meanGapMs: 2_000, readRate: 0, commandBytesMax: 8, straySendRate: 0.5 },
  drawFaults: (random, horizonMs) => {
    const faults: FaultEvent[] = [{ atMs: 0, kind: 'partition', left: ['n2'], right: ['n3'] }];
    const n1Falls = (atMs: number, forMs: number): void => {
      faults.push({ atMs, kind: 'crash', node: 'n1' });
      faults.push({ atMs: atMs + forMs, kind: 'restart', node: 'n1' });
    };
    for (let atMs = 500; atMs < horizonMs;) {
      for (const node of ['n2', 'n3']) {
        faults.push({ atMs, kind: 'slowDisk', node, factor: 1 + random.int(30) });
      }
      // Down for so long that both campaign when it is back; then, a little later, only a blink.
      n1Falls(atMs, 800);
      atMs += 850 + random.int(600);
      n1Falls(atMs, 1);
      atMs += 100 + random.int(300);
    }
    return faults;
  },
};
