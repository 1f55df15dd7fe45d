import type { Mutation } from './mutation.ts';

/** Of the scenarios about snapshots on their way: 33 and 34. */
export const snapshots: readonly Mutation[] = [
  {
    scenario: '33',
    off: 'the log after a snapshot on its way is kept',
    file: 'raft/src/snapshot.ts',
    search: "  if (role.kind !== 'leader') return wantedIndex;",
    replacement: "  if (role.kind !== 'leader' || wantedIndex > 0) return wantedIndex;",
    fails: ['is the only one that the follower needs'],
  },
  {
    scenario: '33',
    off: 'no more is kept than `maxRetainedBytes`',
    file: 'raft/src/snapshot.ts',
    search: '    if (bytes > tuning.maxRetainedBytes) return logIndex;',
    replacement: '',
    fails: ['holds no more of the log than `maxRetainedBytes`'],
  },
  {
    scenario: '34',
    off: 'a leader gives up on a snapshot',
    file: 'raft/src/replication.ts',
    search: '    if (progress.snapshotTicks < state.tuning.snapshotTimeoutTicks) continue;',
    replacement: '    if (progress.snapshotTicks < Infinity) continue;',
    fails: ['goes on though the answer was lost', 'goes on though nobody reported that it left'],
  },
  {
    scenario: '34',
    off: 'a piece that is answered is a sign of life',
    file: 'raft/src/snapshot.ts',
    search: '  progress.snapshotTicks = 0;',
    replacement: '',
    fails: ['waits as long as pieces of it are answered'],
  },
  {
    scenario: '34',
    off: "a heartbeat's reply ends a probe's wait",
    file: 'raft/src/replication.ts',
    search: `  progress.ackedRound = Math.max(progress.ackedRound, reply.round);
  progress.isWaiting = false;`,
    replacement: '  progress.ackedRound = Math.max(progress.ackedRound, reply.round);',
    fails: ['that could not send it asks again after a heartbeat, not at once and not never'],
  },
];
