import type { Mutation } from './mutation.ts';

/** Of the scenarios about reads: 17 to 20. */
export const reads: readonly Mutation[] = [
  {
    scenario: '20',
    off: 'a lease ends where the wall clock disagrees',
    file: 'raft/src/lease.ts',
    search: 'return Math.abs(wallElapsedMs - elapsedMs) <= toleratedMs;',
    replacement: 'return wallElapsedMs !== toleratedMs;',
    fails: ['a leader that was suspended does not trust the clock that stood still'],
  },
  {
    scenario: '20',
    off: 'a lease is shorter by what clocks may differ',
    file: 'raft/src/lease.ts',
    search: '(certainMs * (1 - this.#drift)) / (1 + this.#drift)',
    replacement: 'certainMs',
    fails: ['a leader with the slowest clock has no lease when a voter with the fastest is free'],
  },
  {
    scenario: '20',
    off: 'a lease begins where its round was sent',
    file: 'raft/src/raft.ts',
    search: '      onHeartbeatReply(raft, role, from, message);',
    replacement: `      if (raft.clock !== undefined) role.lease.begin(message.round, raft.clock);
      onHeartbeatReply(raft, role, from, message);`,
    fails: ['a late answer does not make a lease longer'],
  },
  {
    scenario: '20',
    off: 'who told another to take over has no lease',
    file: 'raft/src/lease.ts',
    search: `    this.#isGivenAway = true;
    this.#rounds = [];`,
    replacement: '',
    fails: ['a leader that told another to take over has no lease, even before it hears of it'],
  },
  {
    scenario: '20',
    off: 'a voter keeps its promise through a restart',
    file: 'raft/src/lease.ts',
    search: 'return ticksSinceLeader < tuning.electionTimeoutTicks;',
    replacement: 'return false;',
    fails: ['a voter that crashed keeps the promise that it cannot remember'],
  },
];
