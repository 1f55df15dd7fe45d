import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../src/configuration.ts';
import { isSurelyUncommitted } from '../src/uncommitted.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'].map(nodeId);

/** The smallest number of other voters whose denial is a proof, if any. */
function neededDenials(voterCount: number): number | undefined {
  const configuration = configurationOf(names.slice(0, voterCount));
  for (let count = 0; count < voterCount; count += 1) {
    if (isSurelyUncommitted(configuration, new Set(names.slice(1, count + 1)))) return count;
  }
  return undefined;
}

describe('an entry that others deny', () => {
  test.each([
    [1, undefined],
    [2, undefined],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
  ])('among %i voters is proven uncommitted by %s of them', (voterCount, needed) => {
    expect(neededDenials(voterCount)).toBe(needed);
  });

  test('may still be the one that removed the only other voter', () => {
    const [a, b] = names;
    if (a === undefined || b === undefined) throw new Error('two names were made');
    expect(isSurelyUncommitted(configurationOf([a, b]), new Set([b]))).toBe(false);
  });

  test('is not judged by those without a vote', () => {
    const configuration = { ...configurationOf(names.slice(0, 3)), learners: names.slice(3) };
    expect(isSurelyUncommitted(configuration, new Set(names.slice(3)))).toBe(false);
  });

  test('in a joint configuration needs the denial of the new voters, who decide its end', () => {
    const joint = { ...configurationOf(names.slice(0, 3)), outgoingVoters: names.slice(3) };
    expect(isSurelyUncommitted(joint, new Set(names.slice(3)))).toBe(false);
    expect(isSurelyUncommitted(joint, new Set(names.slice(1, 3)))).toBe(true);
  });
});
