import { describe, expect, test } from 'vitest';

import { ProbeErrands, ProbeRounds } from '../../src/peers/probes.ts';

describe('ProbeRounds', () => {
  test('knows whom an answer is about, and how many helpers answered', () => {
    const rounds = new ProbeRounds(10);
    expect(rounds.begin(7, 'target', 3, 500)).toBe(true);
    expect(rounds.nextMs).toBe(500);
    expect(rounds.answered(7, 'h1')).toBe('target');
    expect(rounds.answered(7, 'h1')).toBe('target');
    expect(rounds.answered(7, 'target')).toBe('target');
    expect(rounds.answered(8, 'h2')).toBeUndefined();
    expect(rounds.ended(499)).toEqual([]);
    expect(rounds.ended(500)).toEqual([{ target: 'target', askedCount: 3, answeredCount: 1 }]);
    expect(rounds.answered(7, 'h2')).toBeUndefined();
    expect(rounds.nextMs).toBe(Infinity);
  });

  test('counts no more answers than were asked for, whoever sends them', () => {
    const rounds = new ProbeRounds(10);
    rounds.begin(7, 'target', 2, 500);
    for (let count = 0; count < 1_000; count += 1) rounds.answered(7, `stranger ${count}`);
    expect(rounds.ended(500)).toEqual([{ target: 'target', askedCount: 2, answeredCount: 2 }]);
  });

  test('holds no more rounds than it may, and none twice', () => {
    const rounds = new ProbeRounds(2);
    expect(rounds.begin(1, 'a', 1, 10)).toBe(true);
    expect(rounds.begin(1, 'b', 1, 10)).toBe(false);
    expect(rounds.begin(2, 'b', 1, 20)).toBe(true);
    expect(rounds.begin(3, 'c', 1, 30)).toBe(false);
    expect(rounds.ended(15).map(({ target }) => target)).toEqual(['a']);
    expect(rounds.begin(3, '__proto__', 1, 30)).toBe(true);
    expect(rounds.ended(30).map(({ target }) => target)).toEqual(['b', '__proto__']);
  });
});

describe('ProbeErrands', () => {
  const errand = { origin: 'asker', nonce: 7, target: 'target' };

  test('leads an answer back to who asked', () => {
    const errands = new ProbeErrands(10);
    expect(errands.take(100, errand, 300)).toBe(true);
    expect(errands.ponged(100, 'somebody else')).toBeUndefined();
    expect(errands.ponged(100, 'target')).toMatchObject(errand);
    expect(errands.ponged(100, 'target')).toBeUndefined();
    expect(errands.failed(1_000)).toEqual([]);
  });

  test('gives up what got no answer in time', () => {
    const errands = new ProbeErrands(10);
    errands.take(100, errand, 300);
    expect(errands.failed(299)).toEqual([]);
    expect(errands.nextMs).toBe(300);
    expect(errands.failed(300)).toMatchObject([errand]);
    expect(errands.nextMs).toBe(Infinity);
  });

  test('takes no more than it may', () => {
    const errands = new ProbeErrands(1);
    expect(errands.take(100, errand, 300)).toBe(true);
    expect(errands.take(101, errand, 300)).toBe(false);
    errands.failed(300);
    expect(errands.take(101, errand, 600)).toBe(true);
  });
});
