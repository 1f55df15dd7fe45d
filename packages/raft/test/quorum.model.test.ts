import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { jointIndex, jointVoteResult, majorityIndex, voteResult } from '../src/quorum.ts';

/** The definition, read aloud: the largest index that more than half of the voters have reached. */
function slowMajorityIndex(indexes: readonly number[]): number {
  const reachedBy = (index: number): number => indexes.filter((other) => other >= index).length;
  return Math.max(0, ...indexes.filter((index) => reachedBy(index) * 2 > indexes.length));
}

/** An election is decided once every way to fill in the missing votes ends the same. */
function slowVoteResult(votes: readonly (boolean | undefined)[]): string {
  const isWon = (cast: readonly (boolean | undefined)[]): boolean =>
    cast.filter((vote) => vote === true).length * 2 > cast.length;
  const allGranted = isWon(votes.map((vote) => vote ?? true));
  const noneGranted = isWon(votes.map((vote) => vote ?? false));
  if (allGranted && noneGranted) return 'won';
  return allGranted ? 'pending' : 'lost';
}

// Small numbers, so that ties are common.
const indexes = fc.array(fc.nat(6), { minLength: 1, maxLength: 9 });
const votes = fc.array(fc.constantFrom(true, false, undefined), { minLength: 1, maxLength: 9 });

const places = (items: readonly unknown[]): readonly number[] => [...items.keys()];

describe('majorityIndex', () => {
  test('is what more than half of the voters have reached', () => {
    fc.assert(
      fc.property(indexes, (reached) => {
        const fast = majorityIndex(places(reached), (place) => reached[place] ?? 0);
        expect(fast).toBe(slowMajorityIndex(reached));
      }),
    );
  });

  test('never rises when a voter falls back', () => {
    fc.assert(
      fc.property(indexes, fc.nat(8), (reached, victim) => {
        const fallen = reached.map((index, place) => (place === victim ? 0 : index));
        const before = majorityIndex(places(reached), (place) => reached[place] ?? 0);
        const after = majorityIndex(places(fallen), (place) => fallen[place] ?? 0);
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });

  test('of nobody is no limit', () => {
    expect(majorityIndex([], () => 0)).toBe(Infinity);
  });
});

describe('voteResult', () => {
  test('is decided exactly when the missing votes can change nothing', () => {
    fc.assert(
      fc.property(votes, (cast) => {
        expect(voteResult(places(cast), (place) => cast[place])).toBe(slowVoteResult(cast));
      }),
    );
  });

  test('two disjoint sets of voters never both win', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (cast) => {
        const left = voteResult(places(cast), (place) => cast[place]);
        const right = voteResult(places(cast), (place) => cast[place] === false);
        expect([left, right].filter((result) => result === 'won').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('of nobody is won', () => {
    expect(voteResult([], () => false)).toBe('won');
  });
});

describe('a joint quorum', () => {
  const half = fc.uniqueArray(fc.nat(5), { maxLength: 5 });
  const joint = fc.record({ voters: half, outgoingVoters: half });
  const sixVotes = fc.array(fc.constantFrom(true, false, undefined), {
    minLength: 6,
    maxLength: 6,
  });

  test('reaches an index once a majority of each half has', () => {
    fc.assert(
      fc.property(joint, fc.array(fc.nat(6), { minLength: 6, maxLength: 6 }), (halves, reached) => {
        const { voters, outgoingVoters } = halves;
        const slow = [voters, outgoingVoters]
          .filter((one) => one.length > 0)
          .map((one) => slowMajorityIndex(one.map((voter) => reached[voter] ?? 0)));
        const fast = jointIndex(halves, (voter) => reached[voter] ?? 0);
        expect(fast).toBe(Math.min(Number.POSITIVE_INFINITY, ...slow));
      }),
    );
  });

  test('is decided exactly when the missing votes can change nothing in either half', () => {
    fc.assert(
      fc.property(joint, sixVotes, ({ voters, outgoingVoters }, cast) => {
        const slow = [voters, outgoingVoters]
          .filter((one) => one.length > 0)
          .map((one) => slowVoteResult(one.map((voter) => cast[voter])));
        const wanted = ['lost', 'pending'].find((result) => slow.includes(result)) ?? 'won';
        expect(jointVoteResult({ voters, outgoingVoters }, (voter) => cast[voter])).toBe(wanted);
      }),
    );
  });
});
