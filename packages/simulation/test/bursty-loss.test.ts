import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type BurstyLoss, burstyLossRate, checkBurstyLoss } from '../src/bursty-loss.ts';
import { Decisions } from '../src/decisions.ts';

const spells: BurstyLoss = {
  goodCountMean: 40,
  badCountMean: 8,
  goodLossRate: 0,
  badLossRate: 1,
};

/** Whether each message of a link, from `fromIndex` on, falls into a bad spell. */
function badnessOf(
  loss: BurstyLoss,
  count: number,
  { seed = 1, fromIndex = 0 }: { readonly seed?: number; readonly fromIndex?: number } = {},
): readonly boolean[] {
  const decisions = new Decisions(seed, 'link a>b');
  return Array.from(
    { length: count },
    (_, place) => burstyLossRate(decisions, fromIndex + place, loss) === loss.badLossRate,
  );
}

/** The lengths of whole spells of `wanted` in `states`. */
function spellsOf(states: readonly boolean[], wanted: boolean): readonly number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const state of states) {
    if (state === wanted) length += 1;
    else if (length > 0) {
      lengths.push(length);
      length = 0;
    }
  }
  return lengths.slice(1);
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const long = badnessOf(spells, 200_000);

test('as many messages are in bad spells as the means say', () => {
  const share = long.filter((isBad) => isBad).length / long.length;
  // 8 of 48. About 4 200 bad spells, so the share is within 3 % of it, at five deviations 8 %.
  expect(share / (8 / 48)).toBeGreaterThan(0.92);
  expect(share / (8 / 48)).toBeLessThan(1.08);
});

test.each([
  ['bad', true, 8],
  ['good', false, 40],
] as const)('%s spells last as long as asked, and are geometric', (_, wanted, expected) => {
  const lengths = spellsOf(long, wanted);
  expect(lengths.length).toBeGreaterThan(3_500);
  // The deviation of a mean of n geometric lengths is about mean / sqrt(n): five of them.
  const tolerance = (5 * expected) / Math.sqrt(lengths.length);
  expect(Math.abs(mean(lengths) - expected)).toBeLessThan(tolerance);
  // P(length > k) = (1 - 1/mean)^k, for k from one to three means.
  for (const k of [1, expected / 2, expected, 2 * expected, 3 * expected]) {
    const tail = (1 - 1 / expected) ** k;
    const share = lengths.filter((length) => length > k).length / lengths.length;
    const deviation = Math.sqrt((tail * (1 - tail)) / lengths.length);
    expect(Math.abs(share - tail)).toBeLessThan(5 * deviation);
  }
});

test('the length of a spell says nothing about the next', () => {
  const lengths = spellsOf(long, true);
  const [average, pairs] = [mean(lengths), lengths.slice(1).map((next, at) => [lengths[at], next])];
  const covariance = mean(
    pairs.map(([before = 0, next = 0]) => (before - average) * (next - average)),
  );
  const variance = mean(lengths.map((length) => (length - average) ** 2));
  expect(Math.abs(covariance / variance)).toBeLessThan(5 / Math.sqrt(lengths.length));
});

test('a message is in its spell whatever was asked before, and whatever the rates of loss', () => {
  const half = { ...spells, goodLossRate: 0.1, badLossRate: 0.6 };
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(), (fromIndex, seed) => {
      const states = badnessOf(spells, 50, { seed, fromIndex });
      expect(badnessOf(half, 50, { seed, fromIndex })).toEqual(states);
      const last = badnessOf(spells, 1, { seed, fromIndex: fromIndex + 49 });
      expect(last).toEqual(states.slice(-1));
    }),
  );
});

// The definition, read aloud: a chain that walks, with the same draw for each message.
test('looking back finds the state that walking finds', () => {
  const decisions = new Decisions(3, 'link a>b');
  const walked: boolean[] = [];
  let isBad = false;
  for (let index = 0; index < 20_000; index += 1) {
    const draw = decisions.about('burst', index).float();
    isBad = isBad ? draw < 1 - 1 / spells.badCountMean : draw < 1 / spells.goodCountMean;
    walked.push(isBad);
  }
  const looked = badnessOf(spells, 20_000, { seed: 3 });
  // Where the walk begins is a guess; from the first certain state on it is the same.
  const certain = 200;
  expect(looked.slice(certain)).toEqual(walked.slice(certain));
});

test('each link and each seed has spells of its own', () => {
  const first = badnessOf(spells, 2_000);
  expect(badnessOf(spells, 2_000, { seed: 2 })).not.toEqual(first);
  const other = new Decisions(1, 'link b>a');
  const otherLink = first.map((_, index) => burstyLossRate(other, index, spells) === 1);
  expect(otherLink).not.toEqual(first);
});

test.each<[unknown, string]>([
  [null, 'bursts: expected an object, got null'],
  [{ ...spells, goodCountMean: 1 }, 'bursts.goodCountMean: expected 2..1000000, got 1'],
  [{ ...spells, badCountMean: 1_001 }, 'bursts.badCountMean: expected 2..1000, got 1001'],
  [{ ...spells, badLossRate: NaN }, 'bursts.badLossRate: expected 0..1, got NaN'],
  [{ ...spells, goodLossRate: '0' }, 'bursts.goodLossRate: expected 0..1, got 0'],
  [{}, 'bursts.goodCountMean: expected 2..1000000, got undefined'],
  [
    { ...spells, p: 1 },
    "bursts: expected goodCountMean, badCountMean, goodLossRate, badLossRate, got 'p'",
  ],
])('refuses %j', (value, message) => {
  expect(() => checkBurstyLoss('bursts', value)).toThrow(new RangeError(message));
});
