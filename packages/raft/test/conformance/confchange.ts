import { nodeId } from '@quorate/transport';

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
} from '../../src/configuration.ts';
import { type Command, valuesOf } from './data-driven.ts';

/**
 * etcd/raft's confchange files: `simple`, `enter-joint` and `leave-joint`, each a change of the
 * configuration that the one before left behind. Printed is the configuration, and what a leader
 * would track of each member. `next` tells in which round a member came: a member that stays, as a
 * voter or as a learner, keeps what is known of it.
 */
export class ConfchangeRun {
  #configuration: Configuration = emptyConfiguration;
  /** Since which directive a member is tracked. */
  #since: ReadonlyMap<string, number> = new Map();
  #count = 0;

  /** Runs the next directive of the file. */
  run(directive: Command): string {
    const round = this.#count;
    this.#count += 1;
    const parsed = parseChanges(directive.input);
    if (typeof parsed === 'string') return parsed;
    const result = this.#change(directive, parsed);
    if (typeof result === 'string') return result;
    if (result.kind === 'refused') return errorText(result.reason, directive.command);

    this.#configuration = result.configuration;
    const members = membersOf(result.configuration);
    this.#since = new Map(members.map((id) => [id, this.#since.get(id) ?? Math.max(round, 1)]));
    return [describeConfiguration(result.configuration), ...this.#progress()].join('\n');
  }

  #change(directive: Command, changes: readonly MembershipChange[]): ConfigurationResult | string {
    switch (directive.command) {
      case 'simple':
        return simpleChange(this.#configuration, changes);
      case 'enter-joint': {
        const autoLeave = valuesOf(directive, 'autoleave')[0] === 'true';
        return enterJoint(this.#configuration, changes, { autoLeave });
      }
      case 'leave-joint':
        if (changes.length > 0) return 'this command takes no input';
        return leaveJoint(this.#configuration);
      default:
        return 'unknown command';
    }
  }

  #progress(): readonly string[] {
    const { learners } = this.#configuration;
    return inOrder([...this.#since.keys()]).map((id) => {
      const role = learners.some((learner) => learner === id) ? ' learner' : '';
      return `${id}: StateProbe match=0 next=${this.#since.get(id) ?? 0}${role}`;
    });
  }
}

/**
 * The changes that `v1 l2 r3 u4` stands for. An update changes nothing that Raft knows of, and id 0
 * is nobody.
 *
 * @returns What is wrong with the text, if anything.
 */
export function parseChanges(text: string): readonly MembershipChange[] | string {
  const changes: MembershipChange[] = [];
  const words = text.trim().split(/\s+/);
  for (const word of words.filter((one) => one !== '')) {
    if (word.length < 2) return `unknown token ${word}`;
    const kind = kinds.get(word.charAt(0));
    if (kind === undefined) return `unknown input: ${word}`;
    const id = word.slice(1);
    if (!/^\d+$/.test(id)) return `strconv.ParseUint: parsing "${id}": invalid syntax`;
    if (kind !== 'update' && Number(id) !== 0) changes.push({ kind, node: nodeId(id) });
  }
  return changes;
}

const kinds: ReadonlyMap<string, MembershipChange['kind'] | 'update'> = new Map([
  ['v', 'addVoter'],
  ['l', 'addLearner'],
  ['r', 'remove'],
  ['u', 'update'],
]);

/** A configuration as etcd/raft prints it. */
export function describeConfiguration(configuration: Configuration): string {
  const { voters, outgoingVoters, learners, nextLearners, autoLeave } = configuration;
  const outgoing = outgoingVoters.length > 0 ? `&&${listed(outgoingVoters)}` : '';
  const parts = [`voters=${listed(voters)}${outgoing}`];
  if (learners.length > 0) parts.push(`learners=${listed(learners)}`);
  if (nextLearners.length > 0) parts.push(`learners_next=${listed(nextLearners)}`);
  if (autoLeave) parts.push('autoleave');
  return parts.join(' ');
}

function listed(ids: readonly string[]): string {
  return `(${inOrder(ids).join(' ')})`;
}

/** Ids are numbers in these files, and printed in their order. */
export function inOrder(ids: readonly string[]): readonly string[] {
  return [...ids].sort((left, right) => Number(left) - Number(right));
}

/** What etcd/raft says instead of a configuration. */
function errorText(reason: ConfigurationRefusal, command: string): string {
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
    case 'versionNotHigher':
      return 'nothing: it has no such version';
  }
}
