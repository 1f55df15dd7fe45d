import { describe, expect, test } from 'vitest';

import type { History, Operation } from '../src/history.ts';
import { type Model, UNKNOWN } from '../src/model.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { NO_TWIN, type Partition, partitionsOf } from '../src/partition.ts';

const model = register<number>(0);

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

function write(process: string, value: number, from: number, to?: number): RegisterOperation {
  return {
    process,
    input: { kind: 'write', value },
    callTime: from,
    outcome:
      to === undefined ? { kind: 'info' } : { kind: 'ok', output: undefined, returnTime: to },
  };
}

function onlyPartition<State, Input, Output>(
  of: Model<State, Input, Output>,
  history: History<Input, Output>,
): Partition<Input, Output> {
  const [partition, ...others] = partitionsOf(of, history);
  if (partition === undefined || others.length > 0) throw new Error('expected one partition');
  return partition;
}

describe('partition', () => {
  test('numbers operations by call and lays events out in time, calls first', () => {
    const partition = onlyPartition(model, [write('b', 2, 2, 3), write('a', 1, 0, 2)]);
    expect(partition.operations.map(({ process }) => process)).toEqual(['a', 'b']);
    expect(partition.callOf).toEqual(Int32Array.of(1, 2));
    expect(partition.returnOf).toEqual(Int32Array.of(3, 4));
    expect(partition.operationOf).toEqual(Int32Array.of(0, 0, 1, 0, 1));
    expect(partition.completedCount).toBe(2);
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

/** An object that takes anything. */
const anything: Model<null, unknown, unknown> = {
  name: 'anything',
  init: () => null,
  step: () => [null],
};

function questionCount(...asked: readonly (readonly [input: unknown, output: unknown])[]): number {
  const history = asked.map(([input, output], index) => ({
    process: index,
    input,
    callTime: index,
    outcome: { kind: 'ok' as const, output, returnTime: index },
  }));
  return onlyPartition(anything, history).questions.length;
}

describe('questions', () => {
  test('are shared by operations that ask and answer alike', () => {
    expect(questionCount([{ a: 1, b: [2] }, null], [{ b: [2], a: 1 }, null])).toBe(1);
    expect(questionCount([undefined, NaN], [undefined, NaN])).toBe(1);
  });

  test.each<[unknown, unknown]>([
    [0, -0],
    ['1', 1],
    [null, undefined],
    [undefined, UNKNOWN],
    [[], {}],
    [{ a: undefined }, {}],
    [[undefined], []],
    ['ab', ['a', 'b']],
  ])('tell %o from %o', (left, right) => {
    expect(questionCount([left, 0], [right, 0])).toBe(2);
    expect(questionCount([0, left], [0, right])).toBe(2);
  });

  test('are not shared by values that are more than their content', () => {
    /** Equal from the outside. */
    class Secret {
      readonly #value: number;
      constructor(value: number) {
        this.#value = value;
      }
      tell(): number {
        return this.#value;
      }
    }
    expect(questionCount([new Secret(1), 0], [new Secret(2), 0])).toBe(2);
    expect(questionCount([[new Secret(1)], 0], [[new Secret(2)], 0])).toBe(2);
    expect(questionCount([new Date(1), 0], [new Date(2), 0])).toBe(2);
  });

  test('belong to their operations, however many there are', () => {
    const history = Array.from({ length: 50_000 }, (_, index) =>
      write('w', index % 20_000, index, index),
    );
    const { questions, questionOf } = onlyPartition(model, history);
    const isOwn = ({ input }: RegisterOperation, index: number): boolean =>
      JSON.stringify(questions[questionOf[index] ?? 0]?.input) === JSON.stringify(input);
    expect(history.every(isOwn)).toBe(true);
  });
});

describe('twins', () => {
  const twinsOf = (...history: RegisterOperation[]): Int32Array =>
    onlyPartition(model, history).twinOf;

  test('are equal operations, called before and over as soon', () => {
    expect(twinsOf(write('a', 1, 0, 9), write('b', 1, 1, 9))).toEqual(Int32Array.of(NO_TWIN, 0));
    expect(twinsOf(write('a', 1, 0), write('b', 1, 1))).toEqual(Int32Array.of(NO_TWIN, 0));
  });

  test('are not other operations, nor those that have more time', () => {
    const none = Int32Array.of(NO_TWIN, NO_TWIN);
    expect(twinsOf(write('a', 1, 0, 9), write('b', 2, 1, 9))).toEqual(none);
    expect(twinsOf(write('a', 1, 0, 9), write('b', 1, 1, 8))).toEqual(none);
    expect(twinsOf(write('a', 1, 0), write('b', 1, 1, 8))).toEqual(none);
  });
});
