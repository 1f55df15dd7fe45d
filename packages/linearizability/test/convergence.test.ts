import { describe, expect, test } from 'vitest';

import { checkConvergence } from '../src/convergence.ts';

describe('convergence', () => {
  test('all replicas hold the same', () => {
    const values = new Map([
      ['a', new Set([1, 2])],
      ['b', new Set([2, 1])],
    ]);
    expect(checkConvergence(values).verdict).toBe('converged');
  });

  test('replicas that differ are grouped, the largest group first', () => {
    const values = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ]);
    const { verdict, groups } = checkConvergence(values);
    expect(verdict).toBe('diverged');
    expect(groups.map(({ replicas }) => replicas)).toEqual([['b', 'c'], ['a']]);
  });

  test('what was acknowledged must be there', () => {
    const values = new Map([['a', [1, 2]]]);
    const result = checkConvergence(values, {
      acknowledged: [1, 3],
      holds: (value, item) => value.includes(item),
    });
    expect(result).toMatchObject({ verdict: 'lost', lost: [{ item: 3, replicas: ['a'] }] });
  });

  test('nothing to compare is refused', () => {
    expect(() => checkConvergence(new Map())).toThrow(/values: expected at least one/);
    expect(() => checkConvergence(new Map([['a', 1]]), { acknowledged: [1] })).toThrow(/holds/);
  });
});
