import { type Disk, type DiskFile, WriteAheadLog } from '@quorate/storage';

import { nodeRecordCodec } from '../../src/node/node-record-codec.ts';
import type { ProposalOutcome } from '../../src/node/outcomes.ts';
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

/** Every node answers reads from its own state machine, as far as that has come. */
export const localRead: PlantedBug = {
  wrapClient: ({ node }) => ({
    propose: (command, options) => node.propose(command, options),
    readIndex: () => Promise.resolve({ kind: 'ready', readIndex: node.status().lastApplied }),
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
          resolve({ kind: 'committed', logIndex: lastLogIndex, result: Uint8Array.of(1) });
        });
        void answer.finally(stop);
      });
      return Promise.race([answer, hasty]);
    },
  }),
};
