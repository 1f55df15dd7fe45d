/**
 * Majorities. Knows nothing of Raft: voters are ids, and what they voted or acknowledged comes in
 * through a function.
 *
 * Two majorities of the same set always share a member, and everything in Raft that is safe is safe
 * because of that one member: two candidates cannot both win a term, and no winner can have missed
 * a committed entry. The two questions asked of a set of voters are these.
 *
 * ```text
 *   acknowledged     9   7   7   4   2      Sorted from high to low, the element at the place
 *                    a   b   c   d   e      of the majority (the third of five) is the largest
 *                            ^              index that three voters have reached: 7.
 *
 *   votes            y   y   n   -   -      Won with three y, lost as soon as three y have become
 *                    a   b   c   d   e      impossible, pending in between.
 * ```
 *
 * A joint configuration (thesis §4.3) asks both questions of two sets and takes the smaller index,
 * or the worse result; that is why both are functions of a set and not methods of a cluster.
 *
 * Both functions of a joint quorum treat an empty half as content, so a configuration that is not
 * joint is a joint one whose other half is empty.
 */

/** How an election stands. 'pending': the missing votes can still turn it either way. */
export type VoteResult = 'won' | 'lost' | 'pending';

/** Two sets of voters of which every decision needs a majority each; one of them may be empty. */
export interface JointVoters<Voter> {
  readonly voters: readonly Voter[];
  readonly outgoingVoters: readonly Voter[];
}

/** The largest index that a majority of each half has reached; see `majorityIndex`. */
export function jointIndex<Voter>(
  { voters, outgoingVoters }: JointVoters<Voter>,
  indexOf: (voter: Voter) => number,
): number {
  const reached = majorityIndex(voters, indexOf);
  if (outgoingVoters.length === 0) return reached;
  return Math.min(reached, majorityIndex(outgoingVoters, indexOf));
}

/** How an election stands that must be won in each half; see `voteResult`. */
export function jointVoteResult<Voter>(
  { voters, outgoingVoters }: JointVoters<Voter>,
  voteOf: (voter: Voter) => boolean | undefined,
): VoteResult {
  const results = [voteResult(voters, voteOf), voteResult(outgoingVoters, voteOf)];
  if (results.includes('lost')) return 'lost';
  return results.includes('pending') ? 'pending' : 'won';
}

function majorityOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/**
 * The largest index that a majority of `voters` has reached.
 *
 * @param voters - Without duplicates.
 * @param indexOf - How far a voter has come. Asked once per voter.
 * @returns `Infinity` for no voters at all, so that an empty half of a joint quorum never limits
 *   the other half.
 *
 * @remarks O(n²) time for n voters, which beats sorting for the handful there ever are.
 */
export function majorityIndex<Voter>(
  voters: readonly Voter[],
  indexOf: (voter: Voter) => number,
): number {
  if (voters.length === 0) return Number.POSITIVE_INFINITY;
  const highestFirst: number[] = [];
  for (const voter of voters) {
    const reached = indexOf(voter);
    let place = highestFirst.length;
    while (place > 0 && (highestFirst[place - 1] ?? 0) < reached) place -= 1;
    highestFirst.splice(place, 0, reached);
  }
  return highestFirst[majorityOf(voters.length) - 1] ?? 0;
}

/**
 * How an election among `voters` stands.
 *
 * @param voters - Without duplicates.
 * @param voteOf - `undefined` while a voter has not answered. Asked at most once per voter.
 * @returns 'won' for no voters at all, so that an empty half of a joint quorum never decides.
 *
 * @remarks O(n) time for n voters.
 */
export function voteResult<Voter>(
  voters: readonly Voter[],
  voteOf: (voter: Voter) => boolean | undefined,
): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const voter of voters) {
    const vote = voteOf(voter);
    if (vote === true) granted += 1;
    if (vote === undefined) missing += 1;
  }
  const needed = majorityOf(voters.length);
  if (granted >= needed) return 'won';
  return granted + missing >= needed ? 'pending' : 'lost';
}
