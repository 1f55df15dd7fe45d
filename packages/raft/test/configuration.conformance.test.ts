import { type NodeId, nodeId } from '@quorate/transport';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  type Configuration,
  type ConfigurationRefusal,
  type ConfigurationResult,
  emptyConfiguration,
  enterJoint,
  leaveJoint,
  type MembershipChange,
  membersOf,
  simpleChange,
} from '../src/configuration.ts';
import { type Directive, readDirectives, sharedFiles } from './support/data-driven.ts';

// etcd/raft's own cases, confchange/testdata, Apache-2.0. Each file is one conversation: the
// commands change one configuration, and print it along with what a leader tracks of its members.
const files = sharedFiles('etcd-raft/confchange');

const kinds = { v: 'addVoter', l: 'addLearner', r: 'remove' } as const;

/** 'v1 l2 r3 u4'; updates and node 0 change nothing, in etcd/raft as here. */
function changesOf({ input }: Directive): readonly MembershipChange[] {
  return input.split(/\s+/).flatMap((word) => {
    const [, letter = '', id = ''] = /^([vlru])(\d+)$/.exec(word) ?? [];
    if (id === '' || id === '0' || letter === 'u') return [];
    const kind = letter === 'v' || letter === 'l' || letter === 'r' ? kinds[letter] : undefined;
    return kind === undefined ? [] : [{ kind, node: nodeId(id) }];
  });
}

function resultOf(configuration: Configuration, directive: Directive): ConfigurationResult {
  switch (directive.command) {
    case 'simple':
      return simpleChange(configuration, changesOf(directive));
    case 'enter-joint': {
      const autoLeave = directive.argumentsByName.get('autoleave')?.[0] === 'true';
      return enterJoint(configuration, changesOf(directive), { autoLeave });
    }
    case 'leave-joint':
      return leaveJoint(configuration);
    default:
      throw new Error(`line ${directive.line}: ${directive.command} is not known`);
  }
}

/** What etcd/raft says where these functions give a reason. */
function messageOf(reason: ConfigurationRefusal, { command }: Directive): string {
  switch (reason) {
    case 'alreadyJoint':
      return command === 'simple'
        ? "can't apply simple config change in joint config"
        : 'config is already joint';
    case 'notJoint':
      return "can't leave a non-joint config";
    case 'noVoters':
      return "can't make a zero-voter config joint";
    case 'removesAllVoters':
      return 'removed all voters';
    case 'moreThanOneVoter':
      return 'more than one voter changed without entering joint config';
  }
}

const inOrder = (nodes: readonly NodeId[]): readonly NodeId[] =>
  [...nodes].sort((left, right) => Number(left) - Number(right));
const listed = (nodes: readonly NodeId[]): string => `(${inOrder(nodes).join(' ')})`;

function printed(configuration: Configuration, nextOf: ReadonlyMap<NodeId, number>): string {
  const { voters, outgoingVoters, learners, nextLearners, autoLeave } = configuration;
  const half = outgoingVoters.length > 0 ? `&&${listed(outgoingVoters)}` : '';
  const head = [
    `voters=${listed(voters)}${half}`,
    ...(learners.length > 0 ? [`learners=${listed(learners)}`] : []),
    ...(nextLearners.length > 0 ? [`learners_next=${listed(nextLearners)}`] : []),
    ...(autoLeave ? ['autoleave'] : []),
  ].join(' ');
  const members = inOrder(membersOf(configuration)).map((member) => {
    const learner = learners.includes(member) ? ' learner' : '';
    return `${member}: StateProbe match=0 next=${nextOf.get(member)}${learner}`;
  });
  return [head, ...members].join('\n');
}

describe('conformance with etcd/raft', () => {
  // Goal: the same decision in every case, and the same words for it.
  // Method: the harness of etcd/raft. Whoever becomes a member is sent what follows the last entry
  // of an imaginary log, which grows by one with every command.
  test.each(files.map((file) => [basename(file), file]))('changes alike (%s)', (_name, file) => {
    let configuration = emptyConfiguration;
    let nextOf = new Map<NodeId, number>();
    let lastIndex = 0;
    for (const directive of readDirectives(file)) {
      const result = resultOf(configuration, directive);
      const next = Math.max(lastIndex, 1);
      lastIndex += 1;
      if (result.kind === 'changed') {
        ({ configuration } = result);
        const members = membersOf(configuration);
        nextOf = new Map(members.map((member) => [member, nextOf.get(member) ?? next]));
      }
      const answer =
        result.kind === 'changed'
          ? printed(configuration, nextOf)
          : messageOf(result.reason, directive);
      expect(answer, `line ${directive.line}`).toBe(directive.expected.trimEnd());
    }
  });

  test.skipIf(files.length > 0)(
    'skipped: ../shared/data is missing, set QUORATE_DATA to run them',
    () => undefined,
  );
});
