import { describe, expect, test } from 'vitest';

import type { Model } from '../src/model.ts';
import { register } from '../src/models/register.ts';
import { IMPOSSIBLE, StateTable } from '../src/state-table.ts';

const model = register<number>(0);

describe('state table', () => {
  test('asks the model once for each state and question', () => {
    let asked = 0;
    const counted: typeof model = {
      ...model,
      step: (state, input, output) => {
        asked += 1;
        return model.step(state, input, output);
      },
    };
    const table = new StateTable(
      counted,
      [
        { input: { kind: 'write', value: 1 }, output: undefined },
        { input: { kind: 'read' }, output: 1 },
      ],
      { bytesLeft: 2 ** 20 },
    );
    const initial = table.initial();
    expect(table.next(initial, 1)).toBe(IMPOSSIBLE);
    const written = table.next(initial, 0);
    expect(table.statesOf(written)).toEqual([1]);
    expect(table.next(written, 1)).toBe(written);
    expect(asked).toBe(3);
    expect([table.next(initial, 1), table.next(written, 1)]).toEqual([IMPOSSIBLE, written]);
    expect(asked).toBe(3);
    expect(table.size).toBe(2);
  });

  test('a set of states has one number, whatever the order in which they were met', () => {
    const pair: Model<number, readonly number[], undefined> = {
      name: 'pair',
      init: () => 0,
      step: (_state, input) => input,
    };
    const questions = [[1, 2], [2, 1], [1], [3, 3], []].map((input) => ({
      input,
      output: undefined,
    }));
    const budget = { bytesLeft: 0 };
    const table = new StateTable(pair, questions, budget);
    const initial = table.initial();
    const bytesOfOne = -budget.bytesLeft;
    const both = table.next(initial, 0);
    // Two more states, and the set of both.
    expect(-budget.bytesLeft).toBeGreaterThan(4 * bytesOfOne);
    expect(table.next(initial, 1)).toBe(both);
    expect(table.statesOf(both)).toEqual([1, 2]);
    expect(table.isCertain(both)).toBe(false);
    expect(table.isCertain(table.next(both, 2))).toBe(true);
    expect(table.isCertain(table.next(initial, 3))).toBe(true);
    expect([table.next(both, 4), table.next(both, 0)]).toEqual([IMPOSSIBLE, both]);
  });

  test('what it remembers counts as memory, and rows that stay empty are not kept', () => {
    const COUNT = 1_000;
    const questions = Array.from({ length: COUNT }, (_, value) => ({
      input: { kind: 'write', value } as const,
      output: undefined,
    }));
    const budget = { bytesLeft: 2 ** 30 };
    const table = new StateTable(model, questions, budget);
    let state = table.initial();
    for (let asked = 0; asked < COUNT; asked += 1) state = table.next(state, asked);
    const bytesTaken = 2 ** 30 - budget.bytesLeft;
    expect(bytesTaken).toBeGreaterThan(100 * COUNT);
    expect(bytesTaken).toBeLessThan(400 * COUNT);
  });

  test('a model may say what a state takes', () => {
    const bytesTaken = (sizeBytes: number): number => {
      const budget = { bytesLeft: 0 };
      new StateTable({ ...model, sizeBytes: () => sizeBytes }, [], budget).initial();
      return -budget.bytesLeft;
    };
    expect(bytesTaken(5_000) - bytesTaken(0)).toBe(5_000);
    expect(() => bytesTaken(-1)).toThrow('sizeBytes: expected at least 0, got -1');
    expect(() => bytesTaken(Number.NaN)).toThrow(RangeError);
  });

  test('a read may still be answered if that is so for one of the states', () => {
    const pair: Model<number, 'toss' | 'look', number | undefined> = {
      name: 'pair',
      init: () => 0,
      step: (state, input) => (input === 'toss' ? [1, 2] : [state]),
      mayStillAnswer: (state, _read, output) => state === output,
    };
    const table = new StateTable(
      pair,
      [
        { input: 'toss', output: undefined },
        { input: 'look', output: 2 },
        { input: 'look', output: 3 },
      ],
      { bytesLeft: 2 ** 20 },
    );
    const tossed = table.next(table.initial(), 0);
    expect([1, 2].map((read) => table.mayStillAnswer(tossed, read, []))).toEqual([true, false]);
  });
});
