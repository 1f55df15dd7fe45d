import { expect, test } from 'vitest';

import { describeCounterexample, type Operation, register } from '../src/index.ts';
import type { RegisterInput } from '../src/models/register.ts';

type RegisterOperation = Operation<RegisterInput<number>, number | undefined>;

const lost: RegisterOperation = {
  process: 'alice',
  input: { kind: 'write', value: 1 },
  callTime: 0,
  outcome: { kind: 'info' },
};
const impossible: RegisterOperation = {
  process: 'bob',
  input: { kind: 'read' },
  callTime: 2.5,
  outcome: { kind: 'ok', output: 7, returnTime: 3 },
};
const counterexample = { operations: [lost, impossible], culprit: impossible };

test('a counterexample reads as a line for each operation, the culprit marked', () => {
  expect(describeCounterexample(register<number>(0), counterexample).split('\n')).toEqual([
    '  alice: write(1) → ? [0, ?]',
    '  bob: read() → 7 [2.5, 3]  ← impossible',
  ]);
});

test('a model without words of its own shows what was asked and answered', () => {
  const { describeOperation: _, ...wordless } = register<number>(0);
  expect(describeCounterexample(wordless, counterexample)).toContain(
    '  bob: [{"kind":"read"},7] [2.5, 3]',
  );
});
