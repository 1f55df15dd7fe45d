import { describe, expect, test } from 'vitest';

import { hunt, soakRequest } from './hunt.ts';

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

describe('soakRequest', () => {
  const defaults = { minutes: 10, jobs: 2, firstSeed: 99, packageName: 'raft' };

  test('takes what is given and the defaults for the rest', () => {
    expect(soakRequest({}, defaults)).toEqual(defaults);
    expect(soakRequest({ minutes: '0.5', jobs: '3' }, defaults)).toEqual({
      ...defaults,
      minutes: 0.5,
      jobs: 3,
    });
  });

  test.each([
    [{ minutes: '0' }, /^--minutes/],
    [{ minutes: 'long' }, /^--minutes/],
    [{ minutes: '' }, /^--minutes/],
    [{ jobs: '0' }, /^--jobs/],
    [{ jobs: '1.5' }, /^--jobs/],
    [{ firstSeed: '1e99' }, /^--seed/],
  ])('refuses %j', (flags, message) => {
    expect(() => soakRequest(flags, defaults)).toThrow(message);
  });
});
