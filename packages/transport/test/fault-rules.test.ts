import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  checkRules,
  type DelayDistribution,
  drawFate,
  type FaultRule,
  isCutOff,
} from '../src/fault-rules.ts';
import { type NodeId, nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';
import { seededRandom } from '../src/seeded-random.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(nodeId) as [NodeId, NodeId, NodeId, NodeId];
const raft = protocolName('raft');
const message = (from = a, to = b, protocol = raft) => ({ from, to, protocol });

/** The delays of `count` messages, lost ones left out. */
function delaysOf(rules: readonly FaultRule[], count: number): number[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, () => drawFate(rules, message(), random)).flat();
}

describe('isCutOff', () => {
  const split: FaultRule = { kind: 'partition', groups: [[a, b], [c]] };

  test.each<[from: NodeId, to: NodeId, isCut: boolean]>([
    [a, b, false],
    [a, c, true],
    [c, a, true],
    [c, b, true],
    [a, d, false],
    [d, c, false],
    [c, c, false],
  ])('a partition ab/c: %s to %s is cut off: %s', (from, to, isCut) => {
    expect(isCutOff([split], from, to)).toBe(isCut);
  });

  test('a cut works one way', () => {
    const cut: FaultRule = { kind: 'cut', from: [a], to: [b, c] };
    expect(isCutOff([cut], a, b)).toBe(true);
    expect(isCutOff([cut], b, a)).toBe(false);
  });

  // Why this test? Raft's classic: one node in the middle reaches both sides.
  test('two partitions make a bridge', () => {
    const bridge: FaultRule[] = [{ kind: 'partition', groups: [[a], [b]] }];
    expect(isCutOff(bridge, a, b)).toBe(true);
    expect(isCutOff(bridge, a, c) || isCutOff(bridge, c, b)).toBe(false);
  });
});

describe('drawFate', () => {
  test('leaves everything as it is without rules', () => {
    expect(delaysOf([], 3)).toEqual([0, 0, 0]);
  });

  test('loses and doubles at the rates asked for', () => {
    const rules: FaultRule[] = [{ kind: 'disturb', lossRate: 0.25 }];
    expect(Math.abs(delaysOf(rules, 10_000).length - 7_500)).toBeLessThan(200);
    const doubling: FaultRule[] = [{ kind: 'disturb', duplicationRate: 0.1 }];
    expect(Math.abs(delaysOf(doubling, 10_000).length - 11_000)).toBeLessThan(150);
    expect(delaysOf([{ kind: 'disturb', lossRate: 1 }], 100)).toEqual([]);
    expect(delaysOf([{ kind: 'disturb', lossRate: 0, duplicationRate: 1 }], 2).length).toBe(4);
  });

  test.each<[DelayDistribution, min: number, median: number]>([
    [{ kind: 'uniform', minMs: 10, maxMs: 30 }, 10, 20],
    [{ kind: 'exponential', minMs: 5, meanMs: 10 }, 5, 5 + 10 * Math.LN2],
    [{ kind: 'logNormal', medianMs: 40, sigma: 0.6 }, 0, 40],
  ])('delays by %j', (delayMs, min, median) => {
    const delays = delaysOf([{ kind: 'disturb', delayMs }], 10_000).toSorted((x, y) => x - y);
    expect(delays[0]).toBeGreaterThanOrEqual(min);
    expect(delays.every(Number.isFinite)).toBe(true);
    expect(Math.abs(delays[5_000]! / median - 1)).toBeLessThan(0.05);
  });

  test('adds up the delays of all rules that match', () => {
    const constant = (ms: number): FaultRule => ({
      ...{ kind: 'disturb', delayMs: { kind: 'uniform', minMs: ms, maxMs: ms } },
    });
    expect(delaysOf([constant(3), constant(4)], 1)).toEqual([7]);
  });

  test('hits only the messages a rule names', () => {
    const random = seededRandom(1);
    const rule: FaultRule = { kind: 'disturb', from: [a], to: [b], protocol: raft, lossRate: 1 };
    const isLost = (from: NodeId, to: NodeId, protocol = raft): boolean =>
      drawFate([rule], message(from, to, protocol), random).length === 0;
    expect(isLost(a, b)).toBe(true);
    expect(isLost(b, a)).toBe(false);
    expect(isLost(a, c)).toBe(false);
    expect(isLost(a, b, protocolName('gossip'))).toBe(false);
  });

  test('never keeps a node from itself', () => {
    const rules: FaultRule[] = [
      { kind: 'disturb', lossRate: 1 },
      { kind: 'cut', from: [a], to: [a] },
    ];
    expect(drawFate(rules, message(a, a), seededRandom(1))).toEqual([0]);
  });

  test('is the same for the same seed', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer(), rate, rate, (seed, lossRate, duplicationRate) => {
        const rules: FaultRule[] = [{ kind: 'disturb', lossRate, duplicationRate }];
        const [first, second] = [seededRandom(seed), seededRandom(seed)];
        for (let index = 0; index < 20; index += 1) {
          expect(drawFate(rules, message(), first)).toEqual(drawFate(rules, message(), second));
        }
      }),
    );
  });
});

describe('checkRules', () => {
  test.each<[rule: FaultRule, text: string]>([
    [{ kind: 'disturb', lossRate: 1.1 }, 'lossRate: expected 0..1, got 1.1'],
    [{ kind: 'disturb', duplicationRate: Number.NaN }, 'duplicationRate: expected 0..1, got NaN'],
    [
      { kind: 'disturb', delayMs: { kind: 'uniform', minMs: 2, maxMs: 1 } },
      'maxMs: expected a finite number >= 2, got 1',
    ],
    [{ kind: 'disturb', delayMs: { kind: 'exponential', minMs: -1, meanMs: 1 } }, 'minMs'],
    [{ kind: 'disturb', delayMs: { kind: 'logNormal', medianMs: 1, sigma: Infinity } }, 'sigma'],
  ])('refuses %j', (rule, text) => {
    expect(() => checkRules([rule])).toThrow(text);
  });
});
