import type { Mutation } from './mutation.ts';

/** Of scenario 21: what Jepsen found in Redis-Raft. */
export const redisRaft: readonly Mutation[] = [
  {
    scenario: '21',
    off: 'followers apply',
    file: 'raft/src/raft.ts',
    search: '  applyCommitted(raft);',
    replacement: "  if (raft.role.kind === 'leader') applyCommitted(raft);",
    fails: ['followers apply what is committed, and have it when they lead'],
  },
  {
    scenario: '21',
    off: 'one change at a time',
    file: 'raft/src/membership.ts',
    search: "if (log.configurationIndex > state.commitIndex) return 'changePending';",
    replacement: '',
    fails: ['a minority does not make itself a majority'],
  },
  {
    scenario: '21',
    off: 'the log says who takes part',
    file: 'raft/src/recovery.ts',
    search: `    configuration: log.configuration,
    peers: membersOf(log.configuration)`,
    replacement: `    configuration: started.configuration,
    peers: membersOf(started.configuration)`,
    fails: ['who starts again still knows who was removed'],
  },
  {
    scenario: '21',
    off: 'reads wait for the state machine',
    file: 'raft/src/node/reads.ts',
    search: 'if (head === undefined || head.readIndex > lastApplied) return;',
    replacement: 'if (head === undefined) return;',
    fails: ['a read after a start waits for the replay'],
  },
  {
    scenario: '21',
    off: 'a start finishes an installation',
    file: 'raft/src/node/recovery.ts',
    search: 'if (isInstallUnfinished(log, start)) {',
    replacement: 'if (isInstallUnfinished(log, start) && false) {',
    fails: ['a crash anywhere in an installation leaves the old state or the new one'],
  },
  {
    scenario: '21',
    off: 'the snapshot is durable before the log is reset',
    file: 'raft/src/node/persistence.ts',
    search: `    if (snapshot !== undefined) await this.#storeInstalled(snapshot);
    await log.reset(start.logIndex, start.term, this.#record(this.#hardState));`,
    replacement: `    await log.reset(start.logIndex, start.term, this.#record(this.#hardState));
    if (snapshot !== undefined) await this.#storeInstalled(snapshot);`,
    fails: ['a crash anywhere in an installation leaves the old state or the new one'],
  },
  {
    scenario: '21',
    off: 'an acknowledgement waits for the disk',
    file: 'raft/src/replication.ts',
    search: "sendWhenDurable(state, from, {\n    kind: 'appendEntriesReply',",
    replacement: "send(state, from, {\n    kind: 'appendEntriesReply',",
    fails: ['what is acknowledged outlives the crash of who acknowledged it'],
  },
  {
    scenario: '21',
    off: 'a snapshot is synced before it is named',
    file: 'storage/src/snapshot-writer.ts',
    search: '    await file.sync();',
    replacement: '',
    fails: ['a crash anywhere in a snapshot leaves the one before it'],
  },
  {
    scenario: '21',
    off: 'the log that the older snapshot needs is kept',
    file: 'raft/src/node/persistence.ts',
    search: 'Math.min(throughIndex, this.#olderSnapshotIndex, log.lastIndex)',
    replacement: 'Math.min(throughIndex, log.lastIndex)',
    fails: ['the log makes up for a snapshot that is damaged all the same'],
  },
];
