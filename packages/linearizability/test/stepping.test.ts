import { expect, test } from 'vitest';

import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { stepAll } from '../src/stepping.ts';

type Asked = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = register(0);

test('goes on from every state that can give the answer, and from no other', () => {
  const outcome = { kind: 'ok', output: 1, returnTime: 2 } as const;
  const read: Asked = { process: 'a', input: { kind: 'read' }, callTime: 1, outcome };
  expect(stepAll(model, [0, 1], read)).toEqual([1]);
  expect(stepAll(model, [], read)).toEqual([]);
});

test('an outcome that nobody knows fits every answer', () => {
  const outcome = { kind: 'info' } as const;
  const read: Asked = { process: 'a', input: { kind: 'read' }, callTime: 1, outcome };
  expect(stepAll(model, [0, 1], read)).toEqual([0, 1]);
});
