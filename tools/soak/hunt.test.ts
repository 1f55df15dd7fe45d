import { describe, expect, test } from 'vitest';

import { hunt, shareOf, soakRequest } from './hunt.ts';

function after(count: number): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return asked > count;
  };
}

describe('hunt', () => {
  test('runs its share of the seeds until it is over', async () => {
    const seen: number[] = [];

    const caught = await hunt({
      runSeed: () => Promise.resolve(),
      firstSeed: 10,
      stride: 4,
      isOver: after(3),
      onHeld: (seed) => void seen.push(seed),
    });

    expect(caught).toBeUndefined();
    expect(seen).toEqual([10, 14, 18]);
  });

  test('stops at the first seed that fails and says which', async () => {
    const error = new Error('two leaders in term 3');

    const caught = await hunt({
      runSeed: (seed) => (seed === 12 ? Promise.reject(error) : Promise.resolve()),
      firstSeed: 10,
      stride: 1,
      isOver: after(100),
      onHeld: () => {},
    });

    expect(caught).toEqual({ seed: 12, error });
  });
});

test.each([
  [10, 3, [4, 3, 3]],
  [2, 3, [1, 1, 0]],
])('%i seeds are shared by %i hunters', (seedCount, jobs, shares) => {
  expect(shares.map((_, index) => shareOf(seedCount, jobs, index))).toEqual(shares);
});

describe('soakRequest', () => {
  const defaults = {
    minutes: 10,
    jobs: 2,
    firstSeed: 99,
    seedCount: undefined,
    nodeCount: undefined,
    packageName: 'raft',
  };

  test('takes what is given and the defaults for the rest', () => {
    expect(soakRequest({}, defaults)).toEqual(defaults);
    const flags = { minutes: '0.5', jobs: '3', seedCount: '500', nodeCount: '5' };
    expect(soakRequest(flags, defaults)).toEqual({
      ...defaults,
      minutes: 0.5,
      jobs: 3,
      seedCount: 500,
      nodeCount: 5,
    });
  });

  test.each([
    [{ minutes: '0' }, /^--minutes/],
    [{ minutes: 'long' }, /^--minutes/],
    [{ minutes: '' }, /^--minutes/],
    [{ jobs: '0' }, /^--jobs/],
    [{ jobs: '1.5' }, /^--jobs/],
    [{ firstSeed: '1e99' }, /^--seed:/],
    [{ seedCount: '0' }, /^--seeds/],
    [{ nodeCount: 'three' }, /^--nodes/],
  ])('refuses %j', (flags, message) => {
    expect(() => soakRequest(flags, defaults)).toThrow(message);
  });
});
