import { describe, expect, test } from 'vitest';

import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { inOneGo, Trials } from '../src/trials.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const at = (
  process: number,
  input: RegisterInput<number>,
  output: number | undefined,
  callTime: number,
  returnTime: number,
): RegisterOperation => ({ process, input, callTime, outcome: { kind: 'ok', output, returnTime } });

const write = at(0, { kind: 'write', value: 1 }, undefined, 0, 5);
const read = at(1, { kind: 'read' }, 1, 0, 5);
const never = at(2, { kind: 'read' }, 9, 6, 7);

describe('trials', () => {
  test('find out what is legal, and an order for it', () => {
    const trials = new Trials(register(0));
    expect(inOneGo(trials.judge([write, read]))).toBe('legal');
    expect(inOneGo(trials.orderOf([read, write]))).toEqual([write, read]);
    expect(inOneGo(trials.judge([write, never]))).toBe('illegal');
    expect(inOneGo(trials.orderOf([write, never]))).toBeUndefined();
    expect([trials.doubtCount, trials.isSpent]).toEqual([0, false]);
  });

  test('leave undecided what takes too long, and count it as a doubt', () => {
    const hard = Array.from({ length: 24 }, (_, index) =>
      at(index + 3, { kind: 'write', value: index }, undefined, 0, 5),
    );
    const trials = new Trials(register(0));
    expect(inOneGo(trials.judge([...hard, at(0, { kind: 'read' }, 99, 6, 7)]))).toBe('undecided');
    expect(trials.doubtCount).toBe(1);
    expect(inOneGo(trials.judge([write]))).toBe('legal');
    for (let tries = 0; tries < 100 && !trials.isSpent; tries += 1) {
      inOneGo(trials.judge([...hard, at(0, { kind: 'read' }, 99, 6, 7)]));
    }
    expect(trials.isSpent).toBe(true);
    expect(inOneGo(trials.judge([write]))).toBe('undecided');
    expect(inOneGo(trials.orderOf([write]))).toBeUndefined();
  });

  test('pause after every slice, find out the same, and can be stopped there', () => {
    const inOne = new Trials(register(0));
    const trials = new Trials(register(0), 2);
    const sliced = trials.judge([write, read]);
    expect(sliced.next().done).toBe(false);
    expect(inOneGo(sliced)).toBe(inOneGo(inOne.judge([write, read])));
    const stopped = trials.judge([write, read]);
    expect(stopped.next().done).toBe(false);
    trials.stop();
    expect(inOneGo(stopped)).toBe('undecided');
    expect([trials.doubtCount, trials.isSpent]).toEqual([1, true]);
  });
});
