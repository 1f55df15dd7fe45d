import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { History, Operation } from '../src/history.ts';
import { type Model, UNKNOWN } from '../src/model.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../src/models/key-value.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { checkSequential } from '../src/sequential.ts';

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
        const { verdict, order } = checkSequential(model, lanes.flat());
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
    expect(checkSequential(model, stale).verdict).toBe('sequential');
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
    expect(checkSequential(keyValue(), onlyKey('x')).verdict).toBe('sequential');
    expect(checkSequential(keyValue(), onlyKey('y')).verdict).toBe('sequential');
    expect(checkSequential(keyValue(), history).verdict).toBe('not-sequential');
  });

  test('bounds give unknown', () => {
    const lanes = ['a', 'b', 'c'].flatMap((process) =>
      laneOf(process, [
        [false, 1],
        [false, 2],
        [true, 7],
      ]),
    );
    expect(checkSequential(model, lanes, { maxSteps: 3 }).verdict).toBe('unknown');
    expect(checkSequential(model, lanes, { maxMemoryBytes: 1 }).verdict).not.toBe('sequential');
  });
});
