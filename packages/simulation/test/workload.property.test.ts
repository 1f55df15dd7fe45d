import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { drawScenario, parseScenario, printScenario } from '../src/index.ts';
import { tokens } from './support/token-workload.ts';

describe('a scenario as text', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const scenario = drawScenario(tokens, seed);
        expect(parseScenario(printScenario(scenario))).toEqual(scenario);
      }),
    );
  });

  const good = drawScenario(tokens, 1);
  test.each([
    ['seed', { seed: 2 ** 53 }],
    ['nodeCount', { nodeCount: 0 }],
    ['horizonMs', { horizonMs: null }],
    ['workload', { workload: 7 }],
    ['network', { network: [] }],
    ['release', { release: 1.5 }],
    ['sameTimeOrder', { sameTimeOrder: 'fair' }],
    ['outsiders', { outsiders: [1] }],
    ['operations', { operations: {} }],
    ['operations[0].atMs', { operations: [{ atMs: -1 }] }],
    ['operations[0].x', { operations: [{ atMs: 1, x: null }] }],
    ['schedule[0].kind', { faults: [{ atMs: 1, kind: 'earthquake' }] }],
  ])('names %s when it is wrong', (field, change) => {
    const text = JSON.stringify({ ...good, ...change });
    expect(() => parseScenario(text)).toThrow(RangeError);
    expect(() => parseScenario(text)).toThrow(field);
  });

  test('may leave open in which order an instant happens', () => {
    const { sameTimeOrder, ...rest } = good;
    expect(sameTimeOrder).toBeDefined();
    expect(parseScenario(JSON.stringify(rest))).toEqual(rest);
  });

  test('says what release the nodes begin with, unless it is the first', () => {
    const drawn = drawScenario({ ...tokens, releases: [4, 5] }, 1);
    expect(drawn.release).toBe(4);
    expect(parseScenario(printScenario(drawn))).toEqual(drawn);
    expect(good.release).toBeUndefined();
  });

  test('an operation cannot reach the prototype', () => {
    const text = printScenario(good).replace(
      /"operations": .*/s,
      '"operations": [{"atMs": 1, "__proto__": 5}]}',
    );
    const [operation] = parseScenario(text).operations;
    expect(Object.getPrototypeOf(operation)).toBe(Object.prototype);
  });

  test('refuses what is no JSON', () => {
    expect(() => parseScenario('{')).toThrow(SyntaxError);
  });
});
