import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { counterexampleOf } from '../src/counterexample.ts';
import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { queue } from '../src/models/queue.ts';
import { histories } from './support/arbitraries.ts';

const model = register<number>(0);
const value = fc.constantFrom(0, 1, 2);
const call = fc.oneof(
  fc.record({ input: fc.record({ kind: fc.constant('read' as const) }), output: value }),
  fc.record({
    input: fc.record({ kind: fc.constant('write' as const), value }),
    output: fc.constant(undefined),
  }),
);

test('counterexamples are illegal, legal without the culprit, and minimal', () => {
  fc.assert(
    fc.property(histories<RegisterInput<number>, RegisterOutput<number>>(call, 12), (history) => {
      const { verdict, counterexample } = checkSync(model, history);
      expect(counterexample === undefined).toBe(verdict === 'linearizable');
      if (counterexample === undefined) return;
      const { operations, culprit } = counterexample;
      const others = operations.filter((operation) => operation !== culprit);
      expect(checkSync(model, operations).verdict).toBe('not-linearizable');
      expect(checkSync(model, others).verdict).toBe('linearizable');
      expect(counterexampleOf(model, operations)?.operations).toHaveLength(operations.length);
    }),
    { numRuns: 1_000 },
  );
});

function operation(
  process: string,
  input: RegisterInput<number>,
  output: number | undefined,
  from: number,
): Operation<RegisterInput<number>, RegisterOutput<number>> {
  return { process, input, callTime: from, outcome: { kind: 'ok', output, returnTime: from + 1 } };
}

test('a stale read is shown with the write it read and the write it missed', () => {
  const noise = Array.from({ length: 40 }, (_, index) =>
    operation(`n${index % 4}`, { kind: 'read' }, index < 20 ? 1 : 2, 10 + index * 2),
  );
  const history = [
    operation('a', { kind: 'write', value: 1 }, undefined, 0),
    ...noise.slice(0, 20),
    operation('a', { kind: 'write', value: 2 }, undefined, 49),
    ...noise
      .slice(20)
      .map((read) => ({ ...read, callTime: read.callTime + 10 }))
      .map((read) => ({
        ...read,
        outcome: { kind: 'ok', output: 2, returnTime: read.callTime + 1 } as const,
      })),
    operation('b', { kind: 'read' }, 1, 200),
  ];
  const { counterexample } = checkSync(model, history);
  expect(counterexample?.culprit.process).toBe('b');
  expect(counterexample?.operations.map(({ input }) => input.kind)).toEqual([
    'write',
    expect.any(String),
    'read',
  ]);
});

test('an item taken twice is shown with where it came from', () => {
  const at = (process: string, kind: 'enqueue' | 'dequeue', time: number) => ({
    process,
    input: kind === 'enqueue' ? ({ kind, item: 5 } as const) : ({ kind } as const),
    callTime: time,
    outcome: {
      kind: 'ok',
      output: kind === 'enqueue' ? undefined : 5,
      returnTime: time + 1,
    } as const,
  });
  const history = [at('a', 'enqueue', 0), at('b', 'dequeue', 2), at('c', 'dequeue', 4)];
  const { counterexample } = checkSync(queue<number>(), history);
  expect(counterexample?.operations).toHaveLength(3);
  expect(counterexample?.culprit).toBe(history[2]);
});
