import { describe, expect, test } from 'vitest';

import { majorityIndex, voteResult } from '../src/quorum.ts';
import { type Directive, readDirectives, sharedData } from './support/data-driven.ts';

// etcd/raft's own cases, quorum/testdata, Apache-2.0. Joint quorums wait for membership changes.
const commitFile = sharedData('etcd-raft/quorum/majority_commit.txt');
const voteFile = sharedData('etcd-raft/quorum/majority_vote.txt');

/** A list of values for the voters, '_' for unknown, in the order of the first mention of each. */
function byVoter(
  { argumentsByName }: Directive,
  name: string,
): { readonly voters: readonly string[]; readonly valueOf: (voter: string) => string } {
  const mentioned = argumentsByName.get('cfg') ?? [];
  const voters = [...new Set(mentioned)];
  const values = argumentsByName.get(name) ?? [];
  return { voters, valueOf: (voter) => values[voters.indexOf(voter)] ?? '_' };
}

describe('conformance with etcd/raft', () => {
  test.skipIf(commitFile === undefined)('commits the same index (majority_commit.txt)', () => {
    const directives = readDirectives(commitFile ?? '');
    expect(directives.length).toBeGreaterThan(10);
    for (const directive of directives) {
      const { voters, valueOf } = byVoter(directive, 'idx');
      const index = majorityIndex(voters, (voter) =>
        valueOf(voter) === '_' ? 0 : Number(valueOf(voter)),
      );
      const printed = index === Infinity ? '∞' : String(index);
      const [, wanted] = /(∞|\d+)$/.exec(directive.expected) ?? [];
      expect(printed, `line ${directive.line}`).toBe(wanted);
    }
  });

  test.skipIf(voteFile === undefined)('counts votes the same (majority_vote.txt)', () => {
    const directives = readDirectives(voteFile ?? '');
    expect(directives.length).toBeGreaterThan(10);
    const names = { won: 'VoteWon', lost: 'VoteLost', pending: 'VotePending' };
    for (const directive of directives) {
      const { voters, valueOf } = byVoter(directive, 'votes');
      const result = voteResult(voters, (voter) =>
        valueOf(voter) === '_' ? undefined : valueOf(voter) === 'y',
      );
      expect(names[result], `line ${directive.line}`).toBe(directive.expected);
    }
  });

  test.skipIf(commitFile !== undefined)(
    'skipped: ../shared/data is missing, set QUORATE_DATA to run them',
    () => undefined,
  );
});
