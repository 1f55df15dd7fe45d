import { describe, expect, test } from 'vitest';

import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { partitionsOf } from '../src/partition.ts';
import { Search } from '../src/search.ts';
import { IMPOSSIBLE, StateTable } from '../src/state-table.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';

const model = register<number>(0);

function write(
  process: string,
  value: number,
  from: number,
  to: number,
): Operation<RegisterInput<number>, RegisterOutput<number>> {
  return {
    process,
    input: { kind: 'write', value },
    callTime: from,
    outcome: { kind: 'ok', output: undefined, returnTime: to },
  };
}

describe('partition', () => {
  test('numbers operations by call and lays events out in time, calls first', () => {
    const [partition] = partitionsOf(model, [write('b', 2, 2, 3), write('a', 1, 0, 2)]);
    expect(partition?.operations.map(({ process }) => process)).toEqual(['a', 'b']);
    expect(partition?.callOf).toEqual(Int32Array.of(1, 2));
    expect(partition?.returnOf).toEqual(Int32Array.of(3, 4));
    expect(partition?.completedCount).toBe(2);
  });

  test('operations that ask and answer alike share a question; odd values never do', () => {
    const [alike] = partitionsOf(model, [write('a', 1, 0, 1), write('b', 1, 2, 3)]);
    expect(alike?.questions).toHaveLength(1);
    const [odd] = partitionsOf(model, [write('a', -0, 0, 1), write('b', 0, 2, 3)]);
    expect(odd?.questions).toHaveLength(2);
  });

  test('keys make partitions', () => {
    const put = (key: string): Operation<KeyValueInput, KeyValueOutput> => ({
      process: key,
      input: { kind: 'put', key, value: '1' },
      callTime: 0,
      outcome: { kind: 'ok', output: undefined, returnTime: 1 },
    });
    const partitions = partitionsOf(keyValue(), [put('x'), put('__proto__'), put('')]);
    expect(partitions.map(({ key }) => key)).toEqual(['x', '__proto__', '']);
  });
});

describe('search', () => {
  test('goes on where it stopped, whatever the slices', () => {
    const history = Array.from({ length: 8 }, (_, index) => write(`w${index}`, index, 0, 10));
    const [partition] = partitionsOf(model, history);
    if (partition === undefined) throw new Error('expected a partition');
    const whole = new Search(model, partition, { bytesLeft: 2 ** 24 });
    expect(whole.run(Number.MAX_SAFE_INTEGER)).toBe('linearizable');
    const sliced = new Search(model, partition, { bytesLeft: 2 ** 24 });
    let slices = 1;
    while (sliced.run(1) === undefined) slices += 1;
    expect([sliced.steps, sliced.order]).toEqual([whole.steps, whole.order]);
    expect(slices).toBe(whole.steps);
  });
});

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
    const table = new StateTable(counted, [
      { input: { kind: 'write', value: 1 }, output: undefined },
      { input: { kind: 'read' }, output: 1 },
    ]);
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
