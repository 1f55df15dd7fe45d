import { describe, expect, test } from 'vitest';

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
});
