import { basename } from 'node:path';

import { describe, expect, test } from 'vitest';

import { jointIndex, jointVoteResult, type JointVoters } from '../src/quorum.ts';
import { type Directive, readDirectives, sharedFiles } from './support/data-driven.ts';

// etcd/raft's own cases, quorum/testdata, Apache-2.0. A case without a second half is one whose
// second half is empty, which is how a configuration that is not joint asks.
const files = sharedFiles('etcd-raft/quorum');

interface Case {
  readonly half: JointVoters<string>;
  readonly valueOf: (voter: string) => string;
}

/** A list of values for the voters, '_' for unknown, in the order of the first mention of each. */
function caseOf({ argumentsByName }: Directive, name: string): Case {
  const voters = argumentsByName.get('cfg') ?? [];
  const named = argumentsByName.get('cfgj') ?? [];
  const outgoingVoters = named[0] === 'zero' ? [] : named;
  const mentioned = [...new Set([...voters, ...outgoingVoters])];
  const values = argumentsByName.get(name) ?? [];
  return {
    half: { voters: [...new Set(voters)], outgoingVoters: [...new Set(outgoingVoters)] },
    valueOf: (voter) => values[mentioned.indexOf(voter)] ?? '_',
  };
}

function committedIn(directive: Directive): string {
  const { half, valueOf } = caseOf(directive, 'idx');
  const index = jointIndex(half, (voter) => (valueOf(voter) === '_' ? 0 : Number(valueOf(voter))));
  return index === Infinity ? '∞' : String(index);
}

const names = { won: 'VoteWon', lost: 'VoteLost', pending: 'VotePending' };

function votedIn(directive: Directive): string {
  const { half, valueOf } = caseOf(directive, 'votes');
  const result = jointVoteResult(half, (voter) =>
    valueOf(voter) === '_' ? undefined : valueOf(voter) === 'y',
  );
  return names[result];
}

describe('conformance with etcd/raft', () => {
  // Goal: the same decision in every case, joint ones included.
  // Method: the last line of a 'committed' case is the index; what stands above it draws a chart.
  test.each(files.map((file) => [basename(file), file]))(
    'commits and counts votes alike (%s)',
    (_name, file) => {
      const directives = readDirectives(file);
      expect(directives.length).toBeGreaterThan(10);
      for (const directive of directives) {
        const printed = directive.command === 'vote' ? votedIn(directive) : committedIn(directive);
        const [wanted] = /(∞|\w+)$/.exec(directive.expected) ?? [];
        expect(printed, `line ${directive.line}`).toBe(wanted);
      }
    },
  );

  test.skipIf(files.length > 0)(
    'skipped: ../shared/data is missing, set QUORATE_DATA to run them',
    () => undefined,
  );
});
