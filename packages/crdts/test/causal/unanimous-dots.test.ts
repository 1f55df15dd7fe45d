import { expect, test } from 'vitest';

import { contextOf } from '../../src/causal/causal-context.ts';
import { noDots } from '../../src/causal/dot-fun.ts';
import { isUnanimous, unanimousDots } from '../../src/causal/unanimous-dots.ts';

const yes = { replicaId: 'a', counter: 1, value: true };
const no = { replicaId: 'b', counter: 1, value: false };

test('one no suffices, and silence is no yes', () => {
  expect(isUnanimous([yes])).toBe(true);
  expect(isUnanimous([yes, no])).toBe(false);
  expect(isUnanimous([])).toBe(false);
});

test('a no goes once all have seen it and what it is held against', () => {
  const settle = unanimousDots.settle!;

  expect(settle([yes, no], contextOf([yes, no]))).toBe(noDots);
  expect(settle([yes, no], contextOf([no]))).toEqual([yes, no]);
  expect(settle([yes], contextOf([yes]))).toEqual([yes]);
});
