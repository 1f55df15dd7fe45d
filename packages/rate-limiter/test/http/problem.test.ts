import { expect, test } from 'vitest';

import { quotaExceeded, temporaryReducedCapacity } from '../../src/http/problem.ts';

test('problems name what was violated, in the registry of problem types', () => {
  const problems = [quotaExceeded(['a', 'b']), temporaryReducedCapacity([])];
  expect(problems.map(({ type, status }) => [type.split('#')[1], status])).toEqual([
    ['quota-exceeded', 429],
    ['temporary-reduced-capacity', 503],
  ]);
  expect(problems[0]?.['violated-policies']).toEqual(['a', 'b']);
});
