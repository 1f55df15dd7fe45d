import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { drawNormal, drawTimeMs, type TimeDistribution } from '../../src/analysis/draws.ts';

const COUNT = 40_000;

/** The shares of draws below each of `limits`. */
function sharesBelow(distribution: TimeDistribution, limits: readonly number[]): number[] {
  const random = seededRandom(5);
  const draws = Array.from({ length: COUNT }, () => drawTimeMs(random, distribution));
  return limits.map((limit) => draws.filter((draw) => draw < limit).length / COUNT);
}

function meanAndVariance(distribution: TimeDistribution): readonly [number, number] {
  const random = seededRandom(7);
  const draws = Array.from({ length: COUNT }, () => drawTimeMs(random, distribution));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / COUNT;
  return [mean, draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / COUNT];
}

describe('a time drawn', () => {
  test('constant: is that time', () => {
    expect(drawTimeMs(seededRandom(1), { kind: 'constant', ms: 3 })).toBe(3);
  });

  // The share of 40,000 is off by 0.01 once in 15,000 times.
  test.each<[TimeDistribution, readonly number[], readonly number[]]>([
    [{ kind: 'uniform', minMs: 5, maxMs: 30 }, [5, 10, 30], [0, 0.2, 1]],
    [{ kind: 'exponential', meanMs: 50 }, [0, 50, 150], [0, 1 - Math.exp(-1), 1 - Math.exp(-3)]],
    [
      { kind: 'lognormal', mu: 1.2, sigma: 1 },
      [Math.exp(0.2), Math.exp(1.2), Math.exp(2.2)],
      [0.1587, 0.5, 0.8413],
    ],
    [
      { kind: 'pareto', minMs: 50, alpha: 1.3, maxMs: 8_000 },
      [50, 500, 8_000],
      [0, 1 - 0.1 ** 1.3, 1 - (50 / 8_000) ** 1.3],
    ],
  ])(
    '%o: falls below a limit as often as its distribution says',
    (distribution, limits, shares) => {
      sharesBelow(distribution, limits).forEach((share, at) => {
        expect(Math.abs(share - (shares[at] ?? NaN))).toBeLessThan(0.01);
      });
    },
  );

  test('pareto: never passes its limit, and meets it', () => {
    const cut = { kind: 'pareto', minMs: 50, alpha: 1.3, maxMs: 60 } as const;
    expect(sharesBelow(cut, [60.000_001])).toEqual([1]);
    expect(sharesBelow(cut, [60])[0]).toBeLessThan(0.25);
  });

  test('gamma: has the mean and the variance of its shape', () => {
    const [mean, variance] = meanAndVariance({ kind: 'gamma', shape: 1.7, scaleMs: 8 });
    expect(mean / (1.7 * 8)).toBeCloseTo(1, 1.5);
    expect(variance / (1.7 * 64)).toBeCloseTo(1, 1);
  });

  test('normal: has mean 0 and deviation 1', () => {
    const random = seededRandom(3);
    const draws = Array.from({ length: COUNT }, () => drawNormal(random));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / COUNT;
    expect(mean).toBeCloseTo(0, 1.5);
    expect(draws.reduce((sum, draw) => sum + draw * draw, 0) / COUNT).toBeCloseTo(1, 1.5);
  });

  test('is finite where the generator gives its least and its greatest', () => {
    for (const unit of [0, 1 - 2 ** -53]) {
      const random = { ...seededRandom(1), float: () => unit };
      expect(drawNormal(random)).toSatisfy(Number.isFinite);
      for (const kind of ['exponential', 'lognormal', 'pareto'] as const) {
        const all = { meanMs: 1, mu: 0, sigma: 1, minMs: 1, alpha: 1, maxMs: 1e300 };
        expect(drawTimeMs(random, { kind, ...all })).toSatisfy(Number.isFinite);
      }
    }
  });
});
