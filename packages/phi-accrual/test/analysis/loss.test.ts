import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { lossProcess, type LossModel } from '../../src/analysis/loss.ts';

function losses(model: LossModel, count: number): boolean[] {
  const isLost = lossProcess(seededRandom(11), model);
  return Array.from({ length: count }, () => isLost());
}

function rateOf(lost: readonly boolean[]): number {
  return lost.filter(Boolean).length / lost.length;
}

/** The lengths of the rows of losses. */
function runs(lost: readonly boolean[]): number[] {
  const lengths: number[] = [];
  lost.forEach((isLost, index) => {
    if (!isLost) return;
    if (lost[index - 1] === true) lengths[lengths.length - 1]! += 1;
    else lengths.push(1);
  });
  return lengths;
}

describe('losses', () => {
  test('independent: as often after a loss as otherwise', () => {
    const lost = losses({ kind: 'independent', rate: 0.1 }, 100_000);
    expect(rateOf(lost)).toBeCloseTo(0.1, 2);
    const afterLoss = lost.filter((_, index) => lost[index - 1] === true);
    expect(rateOf(afterLoss)).toBeCloseTo(0.1, 1.5);
  });

  test('in bursts: as long as drawn, and never longer than the longest', () => {
    const model = { kind: 'bursts', startRate: 0.001, mu: 2, sigma: 1, countMax: 40 } as const;
    const lengths = runs(losses(model, 400_000)).sort((a, b) => a - b);
    expect(lengths[lengths.length >>> 1]).toBe(7);
    expect(lengths.at(-1)).toBeLessThanOrEqual(80);
    expect(lengths.filter((length) => length === 40).length).toBeGreaterThan(5);
  });

  test('in bursts: a burst takes at least one', () => {
    const model = { kind: 'bursts', startRate: 1, mu: -50, sigma: 0, countMax: 1 } as const;
    expect(rateOf(losses(model, 100))).toBe(1);
  });

  test('of two states: as often as the chain is in the bad one', () => {
    const model = {
      kind: 'gilbert-elliott',
      worsens: 0.01,
      recovers: 0.2,
      goodLossRate: 0,
      badLossRate: 1,
    } as const;
    const lost = losses(model, 200_000);
    expect(rateOf(lost)).toBeCloseTo(0.01 / 0.21, 2);
    const lengths = runs(lost);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(mean).toBeCloseTo(1 / 0.2, 0);
  });
});
