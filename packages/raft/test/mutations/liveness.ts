import type { Mutation } from './mutation.ts';

/** Of the scenarios about liveness: 26, 28, 29, 31, 32, 35 to 37. */
export const liveness: readonly Mutation[] = [
  {
    scenario: '26',
    off: 'a refusal says the own term',
    file: 'raft/src/election.ts',
    search: 'const term = voteGranted ? request.term : state.currentTerm;',
    replacement: 'const { term } = request;',
    fails: ['two and two of four elect one of the long logs'],
  },
  {
    scenario: '26',
    off: 'who is refused goes on from that term',
    file: 'raft/src/raft.ts',
    search: 'if (!message.voteGranted) becomeFollower(raft, message.term);',
    replacement: '',
    fails: ['two and two of four elect one of the long logs'],
  },
  {
    scenario: '26',
    off: 'a grant says for which term',
    file: 'raft/src/election.ts',
    search: 'const term = voteGranted ? request.term : state.currentTerm;',
    replacement: 'const term = state.currentTerm;',
    fails: ['a pre-vote that is given says for which term, or a late one would count for the next'],
  },
  {
    scenario: '28',
    off: 'a leader is not protected from itself',
    file: 'raft/src/election.ts',
    search: 'if (state.leaderId === undefined || state.leaderId === except) return false;',
    replacement: 'if (state.leaderId === undefined) return false;',
    fails: ['gets the pre-vote of those who took it for the leader', 'gets their vote'],
  },
  {
    scenario: '28',
    off: 'nor is a lease held against it',
    file: 'raft/src/lease.ts',
    search: 'if (tuning.maxClockDriftPpm === 0 || candidate === lastLeaderId) return false;',
    replacement: 'if (tuning.maxClockDriftPpm === 0) return false;',
    fails: ['gets both though it had a lease, which was its own'],
  },
  {
    scenario: '28',
    off: 'a pre-vote that is given leaves the timer alone',
    file: 'raft/src/election.ts',
    search: 'const term = voteGranted ? request.term : state.currentTerm;',
    replacement: `const term = voteGranted ? request.term : state.currentTerm;
  if (voteGranted) restartElectionTimer(state);`,
    fails: [
      'campaigns as early as if it had given none',
      'elects another though one asks all the time who cannot hear the answer',
    ],
  },
  {
    scenario: '29',
    off: 'a leader that hears no majority gives way',
    file: 'raft/src/replication.ts',
    search: 'return reached >= 1;',
    replacement: 'return reached >= 0;',
    fails: ['but for a leader that sends and hears nothing elects another (0)'],
  },
  {
    scenario: '29',
    off: 'who hears a leader elects no other',
    file: 'raft/src/election.ts',
    search: 'return hearsLeader(state, candidate) || isBoundByLease(state, candidate);',
    replacement: 'return isBoundByLease(state, candidate);',
    fails: ['keeps its leader, though one node misses it and reaches the other (0)'],
  },
  {
    scenario: '31',
    off: 'a leader whose disk hangs gives way',
    file: 'raft/src/replication.ts',
    search: 'if (isStorageStalled(state) && state.commitIndex > state.log.durableIndex) {',
    replacement: 'if (isStorageStalled(state) && state.commitIndex < 0) {',
    fails: [
      'hands over: another leads and commits with the same tick',
      'is replaced though the word of it is lost',
    ],
  },
  {
    scenario: '31',
    off: 'and hands over',
    file: 'raft/src/transfer.ts',
    search: `    send(state, to, { kind: 'timeoutNow', term: state.currentTerm });
  }
  becomeFollower`,
    replacement: `  }
  becomeFollower`,
    fails: ['hands over: another leads and commits with the same tick'],
  },
  {
    scenario: '31',
    off: 'only while the others can write',
    file: 'raft/src/replication.ts',
    search: 'if (isStorageStalled(state) && state.commitIndex > state.log.durableIndex) {',
    replacement: 'if (isStorageStalled(state)) {',
    fails: ['stays, while the others cannot store anything either: reads at least go on'],
  },
  {
    scenario: '31',
    off: 'whose disk hangs does not campaign',
    file: 'raft/src/election.ts',
    search: 'state.promised === undefined && !isStorageStalled(state);',
    replacement: 'state.promised === undefined;',
    fails: ['asks for no votes as long as it hangs, and follows again when it does not'],
  },
  {
    scenario: '31',
    off: 'the end of a pipeline is checked',
    file: 'raft/src/replication.ts',
    search: '  progress.isCheckDue = progress.matchIndex < state.log.lastIndex;',
    replacement: '',
    fails: ['is sent the rest afterwards, though every answer of that time was lost'],
  },
  {
    scenario: '32',
    off: 'an append that does not fit is a word of the leader',
    file: 'raft/src/replication.ts',
    search: `  hearLeader(state, from);
  const { log, currentTerm: term } = state;
  const { prevLogIndex, prevLogTerm, entries, leaderCommit } = request;`,
    replacement: `  const { log, currentTerm: term } = state;
  const { prevLogIndex, prevLogTerm, entries, leaderCommit } = request;
  if (log.termAt(prevLogIndex) === prevLogTerm) hearLeader(state, from);`,
    fails: ['by nothing but appendEntries does not campaign'],
  },
  {
    scenario: '32',
    off: 'a piece of a snapshot is a word of the leader',
    file: 'raft/src/raft.ts',
    search: `      hearLeader(raft, from);
      onSnapshotChunk(raft, from, message);`,
    replacement: '      onSnapshotChunk(raft, from, message);',
    fails: ['by nothing but snapshotChunk does not campaign'],
  },
  {
    scenario: '32',
    off: 'a snapshot is a word of the leader',
    file: 'raft/src/raft.ts',
    search: `      hearLeader(raft, from);
      onInstallSnapshot(raft, from, message);`,
    replacement: '      onInstallSnapshot(raft, from, message);',
    fails: ['by nothing but installSnapshot does not campaign'],
  },
  {
    scenario: '35',
    off: 'the commit index does not wait for the disk',
    file: 'raft/src/replication.ts',
    search: 'commitTo(state, Math.min(leaderCommit, matchIndex));',
    replacement: 'commitTo(state, Math.min(leaderCommit, matchIndex, log.durableIndex));',
    fails: [
      'applies as soon as its write is durable, without another word',
      'applies as much as is durable, write by write',
    ],
  },
  {
    scenario: '35',
    off: 'what is applied waits for the disk',
    file: 'raft/src/commitment.ts',
    search: 'const limit = Math.min(state.commitIndex, log.durableIndex);',
    replacement: 'const limit = state.commitIndex;',
    fails: ['applies nothing before'],
  },
  {
    scenario: '36',
    off: 'every append says what is committed',
    file: 'raft/src/replication.ts',
    search: `  const leaderCommit = state.commitIndex;
  send(state, peer, {`,
    replacement: `  const isLast = prevLogIndex + entries.length === log.lastIndex;
  const leaderCommit = isLast ? state.commitIndex : 0;
  send(state, peer, {`,
    fails: ['is told in each of them what is committed'],
  },
  {
    scenario: '36',
    off: 'what is known already counts as reached',
    file: 'raft/src/replication.ts',
    search: 'const matchIndex = prevLogIndex + entries.length;',
    replacement: 'const matchIndex = prevLogIndex + missing.length;',
    fails: [
      'says so, and the leader goes on from there',
      'ends the search for where the logs part',
    ],
  },
  {
    scenario: '37',
    off: 'the word of an old term is not heard',
    file: 'raft/src/raft.ts',
    search: 'if (message.term < raft.currentTerm) {',
    replacement: "if (message.term < raft.currentTerm && message.kind !== 'timeoutNow') {",
  },
  {
    scenario: '37',
    off: 'a transfer ends after an election timeout',
    file: 'raft/src/transfer.ts',
    search: '  leader.transfer = undefined;\n',
    replacement: '',
    fails: ['takes nothing in meanwhile, and everything again when the target stays away'],
  },
  {
    scenario: '37',
    off: 'who gave the word has no lease',
    file: 'raft/src/transfer.ts',
    search: '  lease.giveAway();\n',
    replacement: '',
    fails: ['answers no read from its lease any more, also after it gave up'],
  },
  {
    scenario: '37',
    off: 'proposals are refused meanwhile',
    file: 'raft/src/replication.ts',
    search:
      "  if (leader.transfer !== undefined) return { kind: 'refused', reason: 'transferring' };\n",
    replacement: '',
    fails: ['takes nothing in meanwhile, and everything again when the target stays away'],
  },
];
