import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { History, Operation } from '../src/history.ts';
import { type Model, UNKNOWN } from '../src/model.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { checkSequential, checkSequentialSync, type SequentialOptions } from '../src/sequential.ts';

const model = register<number>(0);

/** The definition: any order that keeps each client's, tried one by one. */
function isSequentialByBruteForce<State, Input, Output>(
  object: Model<State, Input, Output>,
  states: readonly State[],
  left: readonly History<Input, Output>[],
): boolean {
  if (states.length === 0) return false;
  if (left.every(([next]) => next === undefined || next.outcome.kind === 'info')) return true;
  return left.some((lane, index) => {
    const [next, ...rest] = lane;
    if (next === undefined) return false;
    const { input, outcome } = next;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const reached = states.flatMap((state) => object.step(state, input, output));
    return isSequentialByBruteForce(object, reached, left.with(index, rest));
  });
}

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

function laneOf(
  process: string,
  drawn: readonly (readonly [boolean, number])[],
): RegisterOperation[] {
  return drawn.map(([isRead, value], index) => ({
    process,
    input: isRead ? { kind: 'read' } : { kind: 'write', value },
    callTime: index * 2,
    outcome: { kind: 'ok', output: isRead ? value : undefined, returnTime: index * 2 + 1 },
  }));
}

const lane = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(0, 1, 2)), { maxLength: 3 });

describe('sequential consistency', () => {
  test('agrees with trying all orders', () => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(lane, lane, lane, (a, b, c) => {
        const lanes = [laneOf('a', a), laneOf('b', b), laneOf('c', c)];
        const expected = isSequentialByBruteForce(model, [0], lanes);
        const { verdict, order } = checkSequentialSync(model, lanes.flat());
        verdicts.add(verdict);
        expect(verdict).toBe(expected ? 'sequential' : 'not-sequential');
        if (order !== undefined) expect(order).toHaveLength(lanes.flat().length);
      }),
      { numRuns: 5_000 },
    );
    expect(verdicts.size).toBe(2);
  });

  test('what is linearizable is sequential, and a stale read is only sequential', () => {
    const stale: RegisterOperation[] = [
      ...laneOf('a', [[false, 1]]),
      ...laneOf('b', [[true, 0]]).map((operation) => ({
        ...operation,
        callTime: 5,
        outcome: { kind: 'ok', output: 0, returnTime: 6 } as const,
      })),
    ];
    expect(checkSync(model, stale).verdict).toBe('not-linearizable');
    expect(checkSequentialSync(model, stale).verdict).toBe('sequential');
  });

  test('it is not local: two keys may be fine alone and wrong together', () => {
    const operation = (
      process: string,
      input: KeyValueInput,
      output: KeyValueOutput,
      time: number,
    ): Operation<KeyValueInput, KeyValueOutput> => ({
      process,
      input,
      callTime: time,
      outcome: { kind: 'ok', output, returnTime: time + 0.5 },
    });
    const history = [
      operation('a', { kind: 'put', key: 'x', value: '1' }, undefined, 0),
      operation('a', { kind: 'get', key: 'y' }, null, 1),
      operation('b', { kind: 'put', key: 'y', value: '1' }, undefined, 0),
      operation('b', { kind: 'get', key: 'x' }, null, 1),
    ];
    const onlyKey = (key: string): typeof history =>
      history.filter(({ input }) => input.key === key);
    expect(checkSequentialSync(keyValue(), onlyKey('x')).verdict).toBe('sequential');
    expect(checkSequentialSync(keyValue(), onlyKey('y')).verdict).toBe('sequential');
    expect(checkSequentialSync(keyValue(), history).verdict).toBe('not-sequential');
  });

  test('bounds give unknown', () => {
    const lanes = ['a', 'b', 'c'].flatMap((process) =>
      laneOf(process, [
        [false, 1],
        [false, 2],
        [true, 7],
      ]),
    );
    const within = (options: SequentialOptions): readonly unknown[] => {
      const { verdict, reason, order } = checkSequentialSync(model, lanes, options);
      return [verdict, reason, order];
    };
    expect(within({ maxSteps: 3 })).toEqual(['unknown', 'steps', undefined]);
    expect(within({ maxMemoryBytes: 1 })).toEqual(['unknown', 'memory', undefined]);
    expect(within({})).toEqual(['not-sequential', undefined, undefined]);
    expect(() => within({ maxSteps: 0 })).toThrow('maxSteps: expected at least 1, got 0');
    expect(() => within({ maxMemoryBytes: Number.NaN })).toThrow(/^maxMemoryBytes: expected/);
  });

  test('the states of a thousand keys are not copied for each operation', () => {
    const history = Array.from({ length: 4_000 }, (_, index) => ({
      process: index % 2,
      input: { kind: 'put', key: `k${index % 1_000}`, value: 'x'.repeat(100) } as const,
      callTime: index,
      outcome: { kind: 'ok', output: undefined, returnTime: index + 0.5 } as const,
    }));
    const { verdict } = checkSequentialSync(keyValue(), history, { maxMemoryBytes: 2 ** 26 });
    expect(verdict).toBe('sequential');
  });
});

describe('sequential consistency, decided beside other work', () => {
  const hard = Array.from({ length: 8 }, (_, client) =>
    laneOf(`c${client}`, [
      [false, 1],
      [false, 2],
      [true, 7],
    ]),
  ).flat();

  test('without being stopped, it says the same', async () => {
    const easy = [...laneOf('a', [[false, 1]]), ...laneOf('b', [[true, 1]])];
    for (const history of [easy, hard.slice(0, 9)]) {
      const result = await checkSequential(model, history, { sliceSteps: 1 });
      expect(result).toEqual(checkSequentialSync(model, history));
    }
  });

  test('it can be aborted after any slice', async () => {
    const controller = new AbortController();
    let pauses = 0;
    const result = await checkSequential(model, hard, {
      signal: controller.signal,
      sliceSteps: 10,
      pause: () => {
        pauses += 1;
        if (pauses === 5) controller.abort();
        return Promise.resolve();
      },
    });
    expect([result.verdict, result.reason, pauses]).toEqual(['unknown', 'aborted', 5]);
  });

  test('it gives up when its time is over', async () => {
    const { verdict, reason } = await checkSequential(model, hard, { timeoutMs: 1, sliceSteps: 1 });
    expect([verdict, reason]).toEqual(['unknown', 'timeout']);
    await expect(checkSequential(model, [], { timeoutMs: 0 })).rejects.toThrow(/^timeoutMs/);
    await expect(checkSequential(model, [], { sliceSteps: 0 })).rejects.toThrow(/^sliceSteps/);
  });
});
