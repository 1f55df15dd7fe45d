import type { Mutation } from './mutation.ts';

/** Of the scenarios about reads: 17 to 20. */
export const reads: readonly Mutation[] = [
  {
    scenario: '17',
    off: 'who has committed nothing in its term confirms no reads',
    file: 'raft/src/read-index.ts',
    search: "import { hasCommittedInTerm } from './commitment.ts';",
    replacement: 'const hasCommittedInTerm = (_: RaftState): boolean => true;',
    fails: [
      'a leader that has committed nothing of its own yet does not answer',
      'nor does it tell another node how far to read',
    ],
  },
  {
    scenario: '17',
    off: 'nor by the heartbeats of its ticks',
    file: 'raft/src/read-index.ts',
    search: 'if (leader.reads.hasWaiting && hasCommittedInTerm(state)) {',
    replacement: 'if (leader.reads.hasWaiting) {',
    fails: ['nor do the heartbeats of its ticks bring an answer'],
  },
  {
    scenario: '18',
    off: 'a nonce tells the lives of a node apart',
    file: 'raft/src/recovery.ts',
    search: "Math.floor(random.fork('requests').float() * 2 ** 53)",
    replacement: 'random.int(1)',
    fails: ['an answer to the life before does not confirm a read of this one'],
  },
  {
    scenario: '18',
    off: 'an answer confirms only what was asked by then',
    file: 'raft/src/remote-reads.ts',
    search: '    if (askedBy > requestId) break;',
    replacement: '',
    fails: ['an answer to a request does not confirm a read that was asked for later'],
  },
  {
    scenario: '19',
    off: 'a majority must have answered the round',
    file: 'raft/src/read-index.ts',
    search: 'const round = answeredRound(state, leader);',
    replacement: 'const round = state.lastRound;',
    fails: [
      'a leader that was replaced while it stood still answers nothing',
      'nor one that another node asks for after it',
    ],
  },
  {
    scenario: '19',
    off: 'a read waits for a round that begins after it',
    file: 'raft/src/read-queue.ts',
    search: '    this.#waiting.push(read);',
    replacement: `    const open = this.#rounds.pop();
    if (open === undefined) this.#waiting.push(read);
    else this.#rounds.push({ ...open, reads: [...open.reads, read] });`,
    fails: ['what was verified before the pause does not confirm a read that arrives after it'],
  },
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
