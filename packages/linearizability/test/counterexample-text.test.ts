import { expect, test } from 'vitest';

import type { Operation } from '../src/history.ts';
import { describeCounterexample } from '../src/counterexample-text.ts';
import type { Model } from '../src/model.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';

const lost: Operation<RegisterInput<string>, RegisterOutput<string>> = {
  process: 'writer',
  input: { kind: 'write', value: 'x'.repeat(1_000) },
  callTime: 0,
  outcome: { kind: 'info' },
};
const culprit: Operation<RegisterInput<string>, RegisterOutput<string>> = {
  process: '\u001b[2J',
  input: { kind: 'read' },
  callTime: 1,
  outcome: { kind: 'ok', output: 'b', returnTime: 2 },
};
const counterexample = { operations: [lost, culprit], culprit, isMinimal: true };

const linesOf = (
  model: Model<string, RegisterInput<string>, RegisterOutput<string>>,
): readonly string[] => describeCounterexample(model, counterexample).split('\n');

test('columns are aligned, long texts shortened, control characters replaced', () => {
  const [first = '', second = ''] = linesOf(register(''));
  expect(first).toMatch(/^ {2}writer {2}write\("x+…x+"\) → \? {2}\[0, \?\]$/);
  expect(first.length).toBeLessThan(120);
  expect(second).toMatch(/^ {2}\ufffd\[2J {4}read\(\) → "b" +\[1, 2\] {2}← impossible$/);
});

test('a model without descriptions is shown as JSON', () => {
  const bare = { name: 'bare', init: () => '', step: () => [] };
  const [, second] = linesOf(bare);
  expect(second).toContain('[{"kind":"read"},"b"]');
});

test('of many operations the last are shown', () => {
  const operations = Array.from({ length: 80 }, () => culprit);
  const many = describeCounterexample(register(''), { operations, culprit, isMinimal: false });
  expect(many.split('\n')).toHaveLength(51);
  expect(many).toMatch(/^ {2}… 30 operations before\n/);
});
