import { type JointVoters, jointIndex, jointVoteResult, majorityIndex } from '../../src/quorum.ts';
import { type Command, valuesOf } from './data-driven.ts';

/**
 * etcd/raft's quorum files. `committed` asks for the index that a majority, or both majorities,
 * have reached, and draws what each voter has; `vote` asks how an election stands. The values stand
 * in the order in which the voters are first mentioned, '_' for a voter that said nothing.
 *
 * The core's answer is checked by other ways to it: by counting, by a second half that is empty or
 * the same, by halves that change places, and by voters who fall back below what was not theirs to
 * decide. Each says so in the output if it disagrees.
 */
export function runQuorum(directive: Command): string {
  const { command } = directive;
  const voters = valuesOf(directive, 'cfg');
  const other = valuesOf(directive, 'cfgj').filter((value) => value !== 'zero');
  const isJoint = directive.arguments.some(({ name }) => name === 'cfgj');
  const everyone = [...new Set([...voters, ...other])];
  const values = valuesOf(directive, command === 'vote' ? 'votes' : 'idx');
  if (values.length !== everyone.length) return mismatch(everyone, values);

  const valueOf = (voter: string): string | undefined => {
    const value = values[everyone.indexOf(voter)];
    return value === '_' ? undefined : value;
  };
  const halves = { voters: unique(voters), outgoingVoters: unique(other) };
  switch (command) {
    case 'committed':
      return committed(halves, isJoint, (voter) => {
        const value = valueOf(voter);
        return value === undefined ? undefined : Number(value);
      });
    case 'vote':
      return vote(halves, isJoint, (voter) => {
        const value = valueOf(voter);
        return value === undefined ? undefined : value === 'y';
      });
    default:
      return 'unknown command';
  }
}

type Halves = JointVoters<string>;

function committed(
  halves: Halves,
  isJoint: boolean,
  indexOf: (voter: string) => number | undefined,
): string {
  const reached = (voter: string): number => indexOf(voter) ?? 0;
  const index = jointIndex(halves, reached);
  const lines: string[] = [];
  const claim = (other: number, way: string): void => {
    if (other !== index) lines.push(`${shown(other)} <-- via ${way}`);
  };
  if (isJoint) {
    claim(jointIndex(swapped(halves), reached), 'symmetry');
  } else {
    const { voters } = halves;
    claim(byCounting(voters, reached), 'alternative computation');
    claim(jointIndex({ voters, outgoingVoters: [] }, reached), 'zero-joint quorum');
    claim(jointIndex({ voters, outgoingVoters: voters }, reached), 'self-joint quorum');
    lines.push(...overlays(voters, reached, index));
  }
  const everyone = unique([...halves.voters, ...halves.outgoingVoters]);
  // The picture of no voters does not end its line.
  const head = everyone.length === 0 ? '<empty majority quorum>' : `${chart(everyone, indexOf)}\n`;
  return head + [...lines, shown(index)].join('\n');
}

/** Whoever is below the result may be lower still without changing it. */
function overlays(
  voters: readonly string[],
  reached: (voter: string) => number,
  index: number,
): readonly string[] {
  const lines: string[] = [];
  for (const low of voters) {
    const own = reached(low);
    if (own === 0 || own >= index) continue;
    for (const lower of [own - 1, 0]) {
      const other = majorityIndex(voters, (voter) => (voter === low ? lower : reached(voter)));
      if (other !== index) lines.push(`${shown(other)} <-- overlaying ${low}->${lower}`);
    }
  }
  return lines;
}

/** The largest index that enough voters have, found by trying each. */
function byCounting(voters: readonly string[], reached: (voter: string) => number): number {
  if (voters.length === 0) return Infinity;
  const indexes = voters.map(reached).sort((left, right) => right - left);
  const isEnough = (index: number): boolean =>
    voters.filter((voter) => reached(voter) >= index).length * 2 > voters.length;
  return indexes.find(isEnough) ?? 0;
}

/** What each voter has, as bars: the more voters are behind one, the longer its bar. */
function chart(voters: readonly string[], indexOf: (voter: string) => number | undefined): string {
  const { length: width } = voters;
  const rows = voters.map((voter) => {
    const index = indexOf(voter);
    const behind = voters.filter((other) => (indexOf(other) ?? 0) < (index ?? 0)).length;
    const bar = index === undefined ? '?' : `${'x'.repeat(behind)}>`;
    const figure = String(index ?? 0).padStart(5);
    return `${bar.padEnd(width + 1)} ${figure}    (id=${Number(voter).toString(16)})`;
  });
  return [`${' '.repeat(width)}    idx`, ...rows].join('\n');
}

function vote(
  halves: Halves,
  isJoint: boolean,
  voteOf: (voter: string) => boolean | undefined,
): string {
  const names = { won: 'VoteWon', lost: 'VoteLost', pending: 'VotePending' };
  const result = jointVoteResult(halves, voteOf);
  const other = jointVoteResult(swapped(halves), voteOf);
  const doubt = isJoint && other !== result ? `${names[other]} <-- via symmetry\n` : '';
  return doubt + names[result];
}

function swapped({ voters, outgoingVoters }: Halves): Halves {
  return { voters: outgoingVoters, outgoingVoters: voters };
}

function unique(voters: readonly string[]): readonly string[] {
  return [...new Set(voters)].sort((left, right) => Number(left) - Number(right));
}

function shown(index: number): string {
  return index === Infinity ? '∞' : String(index);
}

function mismatch(voters: readonly string[], values: readonly string[]): string {
  const members = unique(voters).map((voter) => `${voter}:{}`);
  const codes = new Map([
    ['_', '0'],
    ['n', '1'],
    ['y', '2'],
  ]);
  const inputs = values.map((value) => codes.get(value) ?? value);
  const map = `map[${members.join(' ')}]`;
  return `error: mismatched input (explicit or _) for voters ${map}: [${inputs.join(' ')}]`;
}
